package dev.holdfast.web;

import static dev.holdfast.web.HoldingServlet.seen;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.web.ClientProbe.State;
import dev.holdfast.web.HoldingServlet.Held;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.http2.Http2Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ClientProbeTest {
    private static final byte[] NOTHING = {};
    private static final String CHUNKED_POST = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    /** How a client goes. */
    enum Leaving {
        FIN(RawClient::close),
        RST(RawClient::reset),
        HALF_CLOSE(RawClient::shutdownOutput);

        private interface Way {
            void leave(RawClient client) throws IOException;
        }

        private final Way way;

        Leaving(Way way) {
            this.way = way;
        }

        void leave(RawClient client) throws IOException {
            way.leave(client);
        }
    }

    /** How much of its request a client has sent when it is probed first, and the rest. */
    enum Shape {
        GET("GET /x HTTP/1.1\r\nHost: a\r\n\r\n", NOTHING, NOTHING, 0),
        WHOLE_BODY(post(7000), body(7000), NOTHING, 7000),
        PARTIAL_BODY(post(7000), body(3000), rest(body(7000), 3000), 7000),
        NO_BODY_YET(post(7000), NOTHING, body(7000), 7000),
        CHUNKED(CHUNKED_POST, chunks(body(7000)), NOTHING, 7000),
        PARTIAL_CHUNK(CHUNKED_POST, Arrays.copyOf(chunks(body(7000)), 5000), rest(chunks(body(7000)), 5000), 7000),
        EXPECTED(
                "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
                NOTHING,
                body(5),
                5);

        final String head;
        final byte[] first;
        final byte[] then;
        final int bodyBytes;

        Shape(String head, byte[] first, byte[] then, int bodyBytes) {
            this.head = head;
            this.first = first;
            this.then = then;
            this.bodyBytes = bodyBytes;
        }
    }

    private final HoldingServlet servlet = new HoldingServlet();
    private TestTomcat tomcat;

    @BeforeEach
    void start() throws Exception {
        tomcat = new TestTomcat().servlet(servlet).start();
    }

    @AfterEach
    void stop() throws Exception {
        tomcat.close();
    }

    @ParameterizedTest
    @EnumSource
    void leavesTheRequestWhole(Shape shape) throws Exception {
        try (RawClient client = new RawClient(tomcat.port())) {
            client.send(shape.head).send(shape.first);
            Held held = servlet.next();

            held.probeOften(State.ALIVE);
            client.send(shape.then);
            held.probeOften(State.ALIVE);
            held.release();

            if (shape == Shape.EXPECTED) {
                assertEquals(100, client.readHead().status());
            }
            assertEquals(seen("/x", body(shape.bodyBytes)), client.read().body());
        }
    }

    @ParameterizedTest
    @EnumSource
    void noticesThatTheClientHasLeft(Shape shape) throws Exception {
        for (Leaving leaving : Leaving.values()) {
            try (RawClient client = new RawClient(tomcat.port())) {
                client.send(shape.head).send(shape.first);
                Held held = servlet.next();
                held.await(State.ALIVE);

                leaving.leave(client);

                held.await(State.GONE);
                held.probeOften(State.GONE);
                held.giveUp();
            }
        }
    }

    @Test
    void seesAFinBehindABodyInOneLook() throws Exception {
        int seen = 0;
        for (int round = 0; round < 50; round++) {
            try (RawClient client = new RawClient(tomcat.port())) {
                client.send(post(7000)).send(body(3000));
                Held held = servlet.next();
                held.await(State.ALIVE);

                client.send(body(1000)).shutdownOutput();

                seen += held.probe().probe() == State.GONE ? 1 : 0;
                held.await(State.GONE);
                held.giveUp();
            }
        }
        assertTrue(seen > 0, "a look that got body never told of the FIN behind it");
    }

    @Test
    void cannotTellBehindABodyLargerThanTheBufferAndLeavesItWhole() throws Exception {
        byte[] body = body(300_000);
        try (RawClient client = new RawClient(tomcat.port())) {
            client.send(post(body.length)).send(body);
            Held held = servlet.next();

            held.await(State.FULL);
            held.probeOften(State.FULL);
            held.release();

            assertEquals(seen("/x", body), client.read().body());
        }
    }

    @Test
    void leavesAPipelinedRequestWhole() throws Exception {
        try (RawClient client = new RawClient(tomcat.port())) {
            client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
            Held first = servlet.next();
            first.probeOften(State.ALIVE);
            client.send(body(5)).send("GET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
            first.probeOften(State.ALIVE);
            first.release();
            assertEquals(seen("/1", NOTHING), client.read().body());

            Held second = servlet.next();
            second.probeOften(State.ALIVE);
            second.release();
            assertEquals(seen("/2", body(5)), client.read().body());

            Held third = servlet.next();
            third.probeOften(State.ALIVE);
            third.release();
            assertEquals(seen("/3", NOTHING), client.read().body());
        }
    }

    @Nested
    class WhenTheRequestIsHeldNoMore {
        @Test
        void doesNotTouchTheNextRequestOfTheConnection() throws Exception {
            try (RawClient client = new RawClient(tomcat.port())) {
                client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
                Held first = servlet.next();
                first.await(State.ALIVE);
                first.release();
                client.read();

                client.send(post(5)).send(body(5));
                Held second = servlet.next();
                second.await(State.ALIVE);

                assertEquals(State.BUSY, first.probe().probe());
                second.release();
                assertEquals(seen("/x", body(5)), client.read().body());
            }
        }

        @Test
        void doesNotTouchAnIdleConnection() throws Exception {
            try (RawClient client = new RawClient(tomcat.port())) {
                client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
                Held first = servlet.next();
                first.release();
                client.read();

                first.probeOften(State.BUSY);
                client.send(post(5)).send(body(5));
                first.probeOften(State.BUSY);
                servlet.next().release();

                assertEquals(seen("/x", body(5)), client.read().body());
            }
        }

        @Test
        void leavesTheBytesToAReadListener() throws Exception {
            try (RawClient client = new RawClient(tomcat.port())) {
                client.send(post(7000));
                Held held = servlet.next();
                held.await(State.ALIVE);
                held.releaseToListener();

                held.probeOften(State.BUSY);
                client.send(body(7000));
                held.probeOften(State.BUSY);

                assertEquals(seen("/x", body(7000)), client.read().body());
            }
        }
    }

    @Nested
    class WhereItCannotWork {
        @Test
        void isOffOverAnotherConnector() throws Exception {
            try (TestTomcat nio2 = new TestTomcat("org.apache.coyote.http11.Http11Nio2Protocol")
                            .servlet(servlet)
                            .start();
                    RawClient client = new RawClient(nio2.port())) {
                client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
                Held held = servlet.next();

                assertSame(ClientProbe.NEVER, held.probe());
                assertEquals(State.UNKNOWN, held.probe().probe());
                held.release();
            }
        }

        @Test
        void isOffOverHttp2() throws Exception {
            try (TestTomcat http2 = new TestTomcat()
                    .connector(connector -> connector.addUpgradeProtocol(new Http2Protocol()))
                    .servlet(servlet)
                    .start()) {
                HttpClient client = HttpClient.newHttpClient();
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http2.port() + "/x"))
                        .build();
                CompletableFuture<HttpResponse<String>> response = client.sendAsync(request, BodyHandlers.ofString());
                Held held = servlet.next();

                assertSame(ClientProbe.NEVER, held.probe());
                held.release();
                assertEquals(
                        seen("/x", NOTHING), response.get(10, TimeUnit.SECONDS).body());
            }
        }

        @Test
        void namesTheClassThatIsMissing() {
            ClassLoader withoutTomcat = ClassLoader.getPlatformClassLoader();

            Exception thrown = assertThrows(ClassNotFoundException.class, () -> TomcatInternals.find(withoutTomcat));

            assertEquals("org.apache.catalina.connector.Request", thrown.getMessage());
        }
    }

    private static String post(int length) {
        return "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n";
    }

    /** The first bytes of an endless random body. */
    private static byte[] body(int length) {
        byte[] body = new byte[length];
        new Random(1).nextBytes(body);
        return body;
    }

    private static byte[] rest(byte[] bytes, int from) {
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }

    /** The bytes as two chunks and the end. */
    private static byte[] chunks(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int half = bytes.length / 2;
        out.writeBytes((Integer.toHexString(half) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes, 0, half);
        out.writeBytes(
                ("\r\n" + Integer.toHexString(bytes.length - half) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes, half, bytes.length - half);
        out.writeBytes("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }
}
