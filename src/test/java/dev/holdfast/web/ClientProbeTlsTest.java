package dev.holdfast.web;

import static dev.holdfast.web.HoldingServlet.seen;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.web.ClientProbe.State;
import dev.holdfast.web.ClientProbeTest.Leaving;
import dev.holdfast.web.HoldingServlet.Held;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.catalina.connector.Connector;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ClientProbeTlsTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    private static Path directory;

    private static Path keyStore;
    private static SSLContext trusting;

    private final HoldingServlet servlet = new HoldingServlet();
    private TestTomcat tomcat;

    @BeforeAll
    static void makeCertificate() throws Exception {
        keyStore = directory.resolve("keys.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String options = "-genkeypair -alias a -keyalg EC -dname CN=localhost -storetype PKCS12 -storepass " + PASSWORD;
        List<String> command = new ArrayList<>(List.of(keytool));
        command.addAll(List.of(options.split(" ")));
        command.addAll(List.of("-keystore", keyStore.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(Redirect.DISCARD)
                .redirectOutput(Redirect.DISCARD)
                .start();
        assertEquals(0, process.waitFor());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("a", keys.getCertificate("a"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
    }

    @BeforeEach
    void start() throws Exception {
        tomcat = new TestTomcat()
                .connector(ClientProbeTlsTest::secure)
                .servlet(servlet)
                .start();
    }

    @AfterEach
    void stop() throws Exception {
        tomcat.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7_000})
    void leavesTheRequestWhole(int bytes) throws Exception {
        byte[] body = body(bytes);
        try (RawClient client = tlsClient()) {
            client.send(post(bytes));
            Held held = servlet.next();
            held.probeOften(State.ALIVE);
            client.send(body);
            held.probeOften(State.ALIVE);
            held.release();

            assertEquals(seen("/x", body), client.read().body());

            client.send(post(3)).send(body(3));
            servlet.next().release();
            assertEquals(seen("/x", body(3)), client.read().body());
        }
    }

    /** Tomcat's own TLS read never returns from here: it has no room for the next record and none to make. */
    @Test
    void doesNotSpinOnRecordsThatDoNotFit() throws Exception {
        byte[] body = body(300_000);
        try (RawClient client = tlsClient()) {
            client.send(post(body.length));
            Held held = servlet.next();
            held.await(State.ALIVE);
            client.send(body);
            held.probeOften(State.FULL);
            held.release();

            assertEquals(seen("/x", body), client.read().body());
        }
    }

    @Test
    void leavesAPipelinedRequestWhole() throws Exception {
        try (RawClient client = tlsClient()) {
            client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
            Held first = servlet.next();
            first.probeOften(State.ALIVE);
            client.send(post(5)).send(body(5));
            first.probeOften(State.ALIVE);

            first.release();
            servlet.next().release();
            servlet.next().release();

            assertEquals(seen("/1", body(0)), client.read().body());
            assertEquals(seen("/2", body(0)), client.read().body());
            assertEquals(seen("/x", body(5)), client.read().body());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7_000})
    void noticesThatTheClientHasLeft(int bytes) throws Exception {
        for (Leaving leaving : List.of(Leaving.FIN, Leaving.RST)) {
            try (RawClient client = tlsClient()) {
                client.send(post(bytes)).send(body(bytes));
                Held held = servlet.next();
                held.await(State.ALIVE);

                leaving.leave(client);

                held.await(State.GONE);
                held.giveUp();
            }
        }
    }

    private RawClient tlsClient() throws Exception {
        Socket socket = trusting.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), tomcat.port());
        return new RawClient(socket);
    }

    private static void secure(Connector connector) {
        SSLHostConfig host = new SSLHostConfig();
        SSLHostConfigCertificate certificate =
                new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
        certificate.setCertificateKeystoreFile(keyStore.toString());
        certificate.setCertificateKeystorePassword(PASSWORD);
        host.addCertificate(certificate);
        connector.setScheme("https");
        connector.setSecure(true);
        connector.setProperty("SSLEnabled", "true");
        connector.addSslHostConfig(host);
    }

    private static String post(int length) {
        return "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static byte[] body(int length) {
        byte[] body = new byte[length];
        new Random(1).nextBytes(body);
        return body;
    }
}
