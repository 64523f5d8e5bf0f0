package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What arrives how often at an upstream that ends its connections, and whether all of it arrives, over each transport. */
class SentOnceTest {
    enum Transport {
        TCP,
        TLS,
        SOCKET
    }

    /** Bytes; -Dholdfast.test.bytes for more. */
    private static final long BODY = Long.getLong("holdfast.test.bytes", 64L << 20);

    @TempDir
    static Path directory;

    private static Path key;
    private static Path trust;
    private TestSite site;

    @BeforeAll
    static void makeCertificate() throws Exception {
        TestCertificates certificates = new TestCertificates(directory);
        key = certificates.key("server", "ip:127.0.0.1");
        trust = certificates.certificate(key);
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
    }

    private SmallSite upstream(Transport transport, SmallSite.Page page) throws Exception {
        SmallSite upstream = new SmallSite(
                switch (transport) {
                    case TCP -> Door.tcp();
                    case TLS -> Door.tls(TestCertificates.context(key), 0);
                    case SOCKET -> Door.unix(directory.resolve("site.sock"));
                },
                page);
        site = TestSite.before(0, "upstream", upstream.address(), "trustStore", trust.toString());
        return upstream;
    }

    private static String post(String target) {
        return "POST " + target + " HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\nhello";
    }

    @ParameterizedTest
    @EnumSource
    void aPostThatEndedAKeptConnectionIs502AndIsNotSentAgain(Transport transport) throws Exception {
        try (SmallSite upstream = upstream(
                        transport,
                        (request, out, end) -> (request.target().equals("/die")
                                        ? SmallSite.END_WITHOUT_ANSWER
                                        : SmallSite.OK)
                                .answer(request, out, end));
                Wire client = site.client()) {
            client.send(post("/ok"));
            assertTrue(client.readResponse().endsWith("ok"));
            client.send(post("/die"));
            assertTrue(client.readResponse().startsWith("HTTP/1.1 502 "));
            assertEquals(1, upstream.arrivals("/die"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aGetThatEndedAKeptConnectionIsSentAgain(Transport transport) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (SmallSite upstream = upstream(
                        transport,
                        (request, out, end) -> (request.target().equals("/die") && asked.getAndIncrement() == 0
                                        ? SmallSite.END_WITHOUT_ANSWER
                                        : SmallSite.OK)
                                .answer(request, out, end));
                Wire client = site.client()) {
            client.send("GET /ok HTTP/1.1\r\nHost: site\r\n\r\n");
            assertTrue(client.readResponse().endsWith("ok"));
            client.send("GET /die HTTP/1.1\r\nHost: site\r\n\r\n");
            assertTrue(client.readResponse().endsWith("ok"));
            assertEquals(2, upstream.arrivals("/die"));
        }
    }

    /** It was 502, though a PUT may run twice (RFC 9110, section 9.2.2): its body had been read, and was not kept. */
    @ParameterizedTest
    @EnumSource
    void aSmallPutThatEndedAKeptConnectionIsSentAgainWithItsBody(Transport transport) throws Exception {
        List<String> bodies = new CopyOnWriteArrayList<>();
        try (SmallSite upstream = upstream(transport, (request, out, end) -> {
                    bodies.add(new String(request.body(), StandardCharsets.US_ASCII));
                    (bodies.size() == 2 ? SmallSite.END_WITHOUT_ANSWER : SmallSite.OK).answer(request, out, end);
                });
                Wire client = site.client()) {
            client.send("GET /ok HTTP/1.1\r\nHost: site\r\n\r\n");
            assertTrue(client.readResponse().endsWith("ok"));
            client.send("PUT /die HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\nhello");
            assertTrue(client.readResponse().endsWith("ok"));
            assertEquals(List.of("", "hello", "hello"), bodies, upstream.address());
        }
    }

    /** The upstream ends each connection, without having said so, just when the next request may be on its way. */
    @ParameterizedTest
    @EnumSource
    void noPostArrivesTwiceAtAnUpstreamThatEndsEachConnectionUnannounced(Transport transport) throws Exception {
        int clients = 4;
        int each = 100;
        AtomicInteger answered = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try (SmallSite upstream = upstream(transport, SmallSite.OK_AND_END)) {
            List<Future<?>> posting = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                String prefix = "/" + i + "-";
                posting.add(threads.submit(() -> {
                    for (int j = 0; j < each; j++) {
                        try (Wire client = site.client()) {
                            client.send(post(prefix + j));
                            String response = client.readResponse();
                            assertTrue(response.matches("(?s)HTTP/1.1 (200|502) .*"), response);
                            if (response.endsWith("ok")) {
                                answered.incrementAndGet();
                            }
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> client : posting) {
                client.get(60, TimeUnit.SECONDS);
            }
            for (int i = 0; i < clients; i++) {
                for (int j = 0; j < each; j++) {
                    assertTrue(upstream.arrivals("/" + i + "-" + j) <= 1);
                }
            }
            assertTrue(answered.get() > clients * each / 2, "answered: " + answered);
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLargeAnswerArrivesWhole(Transport transport) throws Exception {
        MessageDigest sent = MessageDigest.getInstance("SHA-256");
        try (SmallSite upstream = upstream(transport, (request, out, end) -> {
                    out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + BODY + "\r\n\r\n").getBytes());
                    byte[] piece = new byte[50_000];
                    for (long left = BODY; left > 0; left -= piece.length) {
                        java.util.concurrent.ThreadLocalRandom.current().nextBytes(piece);
                        int length = (int) Math.min(left, piece.length);
                        sent.update(piece, 0, length);
                        out.write(piece, 0, length);
                    }
                });
                Wire client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: site\r\n\r\n");
            client.readHead();
            MessageDigest received = MessageDigest.getInstance("SHA-256");
            long came = 0;
            while (came < BODY) {
                byte[] piece = client.readBytes((int) Math.min(1 << 16, BODY - came));
                assertTrue(piece.length > 0, upstream.address() + ": ended after " + came);
                received.update(piece);
                came += piece.length;
            }
            assertEquals(HexFormat.of().formatHex(sent.digest()), HexFormat.of().formatHex(received.digest()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLargeRequestArrivesWhole(Transport transport) throws Exception {
        byte[] body = new byte[8 << 20];
        new java.util.Random(1).nextBytes(body);
        String hash = hash(body);
        try (SmallSite upstream = upstream(
                        transport, (request, out, end) -> out.write(SmallSite.response(hash(request.body()))));
                Wire client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: " + body.length + "\r\n\r\n");
            client.send(body);
            assertTrue(client.readResponse().endsWith(hash));
            assertEquals(1, upstream.arrivals("/"));
        }
    }

    private static String hash(byte[] bytes) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }
}
