package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.gate.Reason;
import dev.holdfast.it.ReservedPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS to the upstream, with the JDK's own TLS at the other end. */
class UpstreamTlsTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: site\r\n\r\n";

    @TempDir
    static Path directory;

    private static TestCertificates certificates;
    private static Path key;
    private static Path trust;

    private final LogTap log = new LogTap();
    private TestSite site;

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = new TestCertificates(directory);
        key = certificates.key("server", "dns:site.example,dns:localhost,ip:127.0.0.1");
        trust = certificates.certificate(key);
    }

    @AfterEach
    void stop() throws Exception {
        log.close();
        if (site != null) {
            site.close();
        }
        assertFalse(log.has(TestCertificates.PASSWORD), log.all());
    }

    private Wire client(String upstream, String... settings) throws Exception {
        String[] all = new String[settings.length + 4];
        System.arraycopy(new String[] {"upstream", upstream, "connectTimeout", "2s"}, 0, all, 0, 4);
        System.arraycopy(settings, 0, all, 4, settings.length);
        site = TestSite.before(0, all);
        return site.client();
    }

    private static void assertOk(Wire client) throws IOException {
        client.send(GET);
        String response = client.readResponse();
        assertTrue(response.startsWith("HTTP/1.1 200 ") && response.endsWith("ok"), response);
    }

    private void assert502(Wire client, String... logged) throws IOException {
        client.send(GET);
        String response = client.readResponse();
        assertTrue(response.startsWith("HTTP/1.1 502 "), response);
        assertTrue(log.has(logged), log.all());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PKCS12", "JKS"})
    void trustsTheCertificatesOfAStore(String type) throws Exception {
        String store = certificates.trust(key, type).toString();
        try (SmallSite upstream = new SmallSite(Door.tls(TestCertificates.context(key), 0), SmallSite.OK);
                Wire client = client(
                        upstream.address(), "trustStore", store, "trustStorePassword", TestCertificates.PASSWORD)) {
            assertOk(client);
        }
        Files.delete(Path.of(store));
    }

    /** TLS 1.3 sends session tickets that nobody asked for; they must not look like a connection gone wrong. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aConnectionServesManyRequests(String protocol) throws Exception {
        SSLContext context = TestCertificates.context(key);
        try (SmallSite upstream = new SmallSite(Door.tls(context, 0, protocol), SmallSite.OK);
                Wire client = client(upstream.address(), "trustStore", trust.toString())) {
            assertOk(client);
            for (int i = 0; i < 10; i++) {
                try (Wire another = site.client()) {
                    for (int j = 0; j < 50; j++) {
                        assertOk(another);
                    }
                }
            }
            assertEquals(501, upstream.arrivals("/"));
            // Now and then an answer is with the client, who asks again, before its connection is back in the pool.
            assertTrue(upstream.connections() <= 5, "connections: " + upstream.connections());
        }
    }

    @Test
    void isClosedWhenTheGateIsDrained() throws Exception {
        try (SmallSite upstream = new SmallSite(Door.tls(TestCertificates.context(key), 0), SmallSite.OK);
                Wire client = client(upstream.address(), "trustStore", trust.toString())) {
            assertOk(client);
            assertEquals(1, upstream.openConnections());

            site.hold();

            Until.true_(() -> upstream.openConnections() == 0);
        }
    }

    @Test
    void anUnknownCertificateIs502() throws Exception {
        try (SmallSite upstream = new SmallSite(Door.tls(TestCertificates.context(key), 0), SmallSite.OK);
                Wire client = client(upstream.address())) {
            assert502(client, "502: " + upstream.address(), "unable to find valid certification path");
        }
    }

    @Test
    void aCertificateOfAnotherNameIs502() throws Exception {
        Path other = certificates.key("other", "dns:other.example");
        String trustOther = certificates.certificate(other).toString();
        try (SmallSite upstream = new SmallSite(Door.tls(TestCertificates.context(other), 0), SmallSite.OK);
                Wire client = client(upstream.address(), "trustStore", trustOther)) {
            assert502(
                    client, "502: " + upstream.address(), "No subject alternative names matching IP address 127.0.0.1");
        }
    }

    @Test
    void anExpiredCertificateIs502AndTheLogSaysSinceWhen() throws Exception {
        Path authority = certificates.key("authority", "dns:authority.example", "-ext", "bc:c");
        Path expired = certificates.signed("expired", "ip:127.0.0.1", authority, "-startdate", "-3d", "-validity", "1");
        String trustAuthority = certificates.certificate(authority).toString();
        try (SmallSite upstream = new SmallSite(Door.tls(TestCertificates.context(expired), 0), SmallSite.OK);
                Wire client = client(upstream.address(), "trustStore", trustAuthority)) {
            assert502(client, "502: " + upstream.address(), "NotAfter: ");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, none,         ''",
        "localhost, none,         localhost",
        "127.0.0.1, site.example, site.example",
        "localhost, site.example, site.example",
    })
    void asksForTheNameThatItChecks(String host, String name, String asked) throws Exception {
        try (TlsUpstream upstream = new TlsUpstream(TestCertificates.context(key), false);
                Wire client = client(
                        "https://" + host + ":" + upstream.port(),
                        "trustStore",
                        trust.toString(),
                        "upstreamTlsName",
                        name)) {
            assertOk(client);
            assertEquals(asked, upstream.names.poll(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void theNameIsCheckedInsteadOfTheHost() throws Exception {
        try (SmallSite upstream = new SmallSite(Door.tls(TestCertificates.context(key), 0), SmallSite.OK);
                Wire client =
                        client(upstream.address(), "trustStore", trust.toString(), "upstreamTlsName", "else.example")) {
            assert502(client, "No subject alternative DNS name matching else.example");
        }
    }

    @Test
    void showsItsCertificateToAnUpstreamThatWantsOne() throws Exception {
        Path ours = certificates.key("holdfast", "dns:holdfast.example");
        try (TlsUpstream upstream = new TlsUpstream(TestCertificates.context(key, ours), true);
                Wire client = client(
                        "https://localhost:" + upstream.port(),
                        "trustStore",
                        trust.toString(),
                        "keyStore",
                        ours.toString(),
                        "keyStorePassword",
                        TestCertificates.PASSWORD)) {
            assertOk(client);
            assertEquals(
                    "CN=holdfast", upstream.clients.poll(10, TimeUnit.SECONDS).getName());
        }
    }

    @Test
    void anUpstreamThatWantsACertificateAndGetsNoneIs502() throws Exception {
        Path ours = certificates.key("unused", "dns:holdfast.example");
        try (TlsUpstream upstream = new TlsUpstream(TestCertificates.context(key, ours), true);
                Wire client = client("https://localhost:" + upstream.port(), "trustStore", trust.toString())) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 0\r\n\r\n");
            String response = client.readResponse();
            assertTrue(response.startsWith("HTTP/1.1 502 "), response);
        }
    }

    @Test
    void anUpstreamThatSpeaksNoTlsIs502() throws Exception {
        try (ServerSocket plain = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
                Wire client = client("https://127.0.0.1:" + plain.getLocalPort())) {
            client.send(GET);
            try (Socket accepted = plain.accept()) {
                accepted.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
                assertTrue(client.readResponse().startsWith("HTTP/1.1 502 "));
                assertTrue(log.has("502: https://127.0.0.1:", "SSL message"), log.all());
            }
        }
    }

    @Test
    void aHandshakeThatDoesNotGoOnIs502AfterTheConnectTimeout() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
                Wire client = client("https://127.0.0.1:" + silent.getLocalPort())) {
            assert502(client, "the TLS handshake took longer than 2000 ms");
        }
    }

    @Test
    void anUpstreamThatEndsTheHandshakeIs502() throws Exception {
        try (ServerSocket rude = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
                Wire client = client("https://127.0.0.1:" + rude.getLocalPort())) {
            client.send(GET);
            rude.accept().close();
            assertTrue(client.readResponse().startsWith("HTTP/1.1 502 "));
        }
    }

    @Test
    void aPortThatRefusesHoldsTheRequestUntilTheUpstreamIsBack() throws Exception {
        try (ReservedPort port = new ReservedPort();
                Wire client = client("https://127.0.0.1:" + port.number(), "trustStore", trust.toString())) {
            client.send("POST /a HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\nhello");
            site.awaitHeld(1);
            assertEquals(
                    Reason.UPSTREAM,
                    site.site().gate().snapshot().closures().get(0).reason());

            try (SmallSite upstream =
                    new SmallSite(Door.tls(TestCertificates.context(key), port.number()), SmallSite.OK)) {
                assertTrue(client.readResponse().endsWith("ok"));
                assertEquals(1, upstream.arrivals("/a"));
            }
        }
    }

    /** RFC 9112, section 9.8: without close_notify, the end of the connection is no end of the response. */
    @Test
    void aResponseWithoutLengthIsCompleteOnlyIfTlsWasEndedProperly() throws Exception {
        String head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
        for (boolean properly : new boolean[] {true, false}) {
            try (TlsUpstream upstream =
                            new TlsUpstream(TestCertificates.context(key), false, properly, head + "hello");
                    Wire client = client("https://127.0.0.1:" + upstream.port(), "trustStore", trust.toString())) {
                client.send("GET / HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n");
                String response = client.readToEnd();
                if (properly) {
                    assertTrue(response.endsWith("\r\n5\r\nhello\r\n0\r\n\r\n"), response);
                } else {
                    assertFalse(response.contains("0\r\n\r\n"), response);
                    assertTrue(log.has("close_notify"), log.all());
                }
            }
            site.close();
            site = null;
        }
    }

    @Test
    void aResponseWithALengthIsCompleteAlsoWithoutCloseNotify() throws Exception {
        String all = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
        try (TlsUpstream upstream = new TlsUpstream(TestCertificates.context(key), false, false, all);
                Wire client = client("https://127.0.0.1:" + upstream.port(), "trustStore", trust.toString())) {
            client.send(GET);
            assertTrue(client.readResponse().endsWith("hello"));
        }
    }

    /** A connection that was used before, and a part of an answer: it was no dead connection, so no second try. */
    @Test
    void aGetThatWasAnsweredInPartIsNotSentAgain() throws Exception {
        try (SmallSite upstream = new SmallSite(Door.tls(TestCertificates.context(key), 0), (request, out, end) -> {
                    if (request.target().equals("/part")) {
                        out.write("HTTP/1.1 200 OK\r\nSet-Coo".getBytes());
                        out.flush();
                        end.close();
                    } else {
                        SmallSite.OK.answer(request, out, end);
                    }
                });
                Wire client = client(upstream.address(), "trustStore", trust.toString())) {
            assertOk(client);
            client.send("GET /part HTTP/1.1\r\nHost: site\r\n\r\n");
            assertTrue(client.readResponse().startsWith("HTTP/1.1 502 "));
            assertEquals(1, upstream.arrivals("/part"));
        }
    }

    /** The beginning of an answer that nobody asked for, in one piece with the one that somebody did. */
    @Test
    void whatComesAfterAnAnswerIsNotTakenForTheNext() throws Exception {
        try (SmallSite upstream = new SmallSite(Door.tls(TestCertificates.context(key), 0), (request, out, end) -> {
                    out.write(SmallSite.response("ok"));
                    out.write("HTTP/1.1 200 OK\r\nX-Nobodys: ".getBytes());
                });
                Wire client = client(upstream.address(), "trustStore", trust.toString())) {
            for (int i = 0; i < 5; i++) {
                client.send("GET /" + i + " HTTP/1.1\r\nHost: site\r\n\r\n");
                String response = client.readResponse();
                assertTrue(response.startsWith("HTTP/1.1 200 ") && response.endsWith("ok"), response);
                assertFalse(response.contains("Nobodys"), response);
                assertEquals(1, upstream.arrivals("/" + i));
            }
        }
    }

    /** One that tells who asks, and how it ends. */
    private static final class TlsUpstream implements AutoCloseable {
        final BlockingQueue<String> names = new LinkedBlockingQueue<>();
        final BlockingQueue<Principal> clients = new LinkedBlockingQueue<>();
        private final ServerSocket plain = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
        private final SSLContext context;
        private final boolean wantsClients;
        private final boolean endsProperly;
        private final String response;

        TlsUpstream(SSLContext context, boolean wantsClients) throws IOException {
            this(context, wantsClients, true, new String(SmallSite.response("ok")));
        }

        TlsUpstream(SSLContext context, boolean wantsClients, boolean endsProperly, String response)
                throws IOException {
            this.context = context;
            this.wantsClients = wantsClients;
            this.endsProperly = endsProperly;
            this.response = response;
            Thread thread = new Thread(this::serve, "tls-upstream");
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return plain.getLocalPort();
        }

        private void serve() {
            try (Socket socket = plain.accept();
                    SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, "client", 0, true)) {
                tls.setUseClientMode(false);
                tls.setNeedClientAuth(wantsClients);
                tls.startHandshake();
                List<SNIServerName> asked = ((ExtendedSSLSession) tls.getSession()).getRequestedServerNames();
                names.add(asked.isEmpty() ? "" : new String(asked.get(0).getEncoded()));
                if (wantsClients) {
                    clients.add(tls.getSession().getPeerPrincipal());
                }
                Wire wire = new Wire(tls);
                wire.readHead();
                wire.send(response);
                if (!endsProperly) {
                    socket.shutdownOutput(); // below TLS
                }
            } catch (IOException e) {
                // The test sees what came of it.
            }
        }

        @Override
        public void close() throws IOException {
            plain.close();
        }
    }
}
