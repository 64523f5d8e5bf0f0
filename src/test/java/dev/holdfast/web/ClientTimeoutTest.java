package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.AbstractProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Clients that stop, and stay connected. */
class ClientTimeoutTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    private static final String GET = "GET / HTTP/1.1\r\nHost: site\r\n\r\n";
    private static final String STALLED = "POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 10\r\n\r\nabc";
    private static final int LARGE = 50_000_000;

    private ScriptedUpstream upstream;
    private TestSite site;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        upstream.close();
    }

    private void awaitNothingInFlight() {
        Until.true_(() -> site.site().gate().snapshot().inFlight() == 0);
    }

    /** Returns what the upstream could not send. */
    private static CompletableFuture<Integer> sendLargeBody(Wire connection) {
        CompletableFuture<Integer> unsent = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            int left = LARGE;
            try {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n");
                for (; left > 0; left -= 100_000) {
                    connection.send(new byte[100_000]);
                }
            } catch (IOException cut) {
                unsent.complete(left);
            }
            unsent.complete(left);
        });
        thread.start();
        return unsent;
    }

    private void assertThatADownloadIsCut() throws Exception {
        try (Wire client = stopReading();
                ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertTrue(sendLargeBody(arrived.connection()).get(15, TimeUnit.SECONDS) > 0);
            awaitNothingInFlight();
            assertTrue(client.readToEnd().length() < LARGE);
        }
    }

    private Wire stopReading() throws IOException {
        Wire slow = site.client();
        slow.socket().setReceiveBufferSize(64 * 1024);
        slow.send(GET);
        return slow;
    }

    @Nested
    class ByClientTimeout {
        @BeforeEach
        void start() throws Exception {
            site = TestSite.before(upstream.port(), "clientTimeout", "700ms");
        }

        @Test
        void anUploadThatStopsIs408AndAnAbortForTheUpstream() throws Exception {
            try (Wire client = site.client()) {
                client.send(STALLED);
                try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                    assertEquals("abc", arrived.connection().read(3));
                    String answer = client.readToEnd();
                    assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
                    assertEquals("<reset>", arrived.connection().readToEnd());
                }
                awaitNothingInFlight();
            }
        }

        @Test
        void aDownloadThatIsNotTakenFreesTheUpstreamAndIsCut() throws Exception {
            assertThatADownloadIsCut();
        }

        /** Tomcat has no time limit for that. */
        @Test
        void rfc9113Section521AWindowThatIsNotGrantedResetsTheStreamAndNotTheConnection() throws Exception {
            try (H2Wire client = new H2Wire(site.port(), 1000, 1 << 20, 0)) {
                int stream = client.get("/large");
                try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                    arrived.connection()
                            .send("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + "x".repeat(200_000));
                    assertEquals(H2Wire.HEADERS, client.readContent(stream).type());
                    int got = 0;
                    H2Wire.Frame frame = client.readContent(stream);
                    for (; frame.type() == H2Wire.DATA; frame = client.readContent(stream)) {
                        got += frame.payload().length;
                        assertTrue(!frame.ends(), "a clean end");
                    }
                    assertEquals(1000, got);
                    assertEquals(H2Wire.RST_STREAM, frame.type());
                }
                awaitNothingInFlight();
                int next = client.get("/small");
                try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                    arrived.connection().send(OK);
                    assertEquals("ok", client.readResponse(next).body());
                }
            }
        }

        /** All of the answer has come from the upstream, so that nothing is in flight; what waits is with us. */
        @Test
        void aSmallAnswerThatIsNotTakenIsGivenUpToo() throws Exception {
            try (H2Wire client = new H2Wire(site.port(), 10, 1 << 20, 0)) {
                int stream = client.get("/small");
                try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                    arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + "x".repeat(20));
                    assertEquals(H2Wire.HEADERS, client.readContent(stream).type());
                    assertEquals(10, client.readContent(stream).payload().length);
                    assertEquals(H2Wire.RST_STREAM, client.readContent(stream).type());
                }
            }
        }

        @Test
        void anUploadThatStopsOverHttp2EndsTheStream() throws Exception {
            try (H2Wire client = new H2Wire(site.port())) {
                int stream = client.request("POST", "/", false, "content-length", "10");
                client.data(stream, "abc", false);
                try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                    assertEquals("abc", arrived.connection().read(3));
                    String fields = client.readResponse(stream).fields();
                    assertTrue(fields.startsWith(":status: 408\n"), fields);
                    assertEquals("<reset>", arrived.connection().readToEnd());
                }
                awaitNothingInFlight();
            }
        }

        @Test
        void aQuietEventStreamIsLeftAlone() throws Exception {
            try (Wire client = site.client();
                    H2Wire client2 = new H2Wire(site.port())) {
                client.send(GET);
                try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                    int stream = client2.get("/");
                    try (ScriptedUpstream.Arrived arrived2 = upstream.acceptRequest()) {
                        String head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
                        arrived.connection().send(head);
                        arrived2.connection().send(head);
                        client.readHead();
                        client2.readContent(stream);
                        client.socket().setSoTimeout(2200); // three times clientTimeout
                        assertThrows(SocketTimeoutException.class, () -> client.read(1));
                        client.socket().setSoTimeout(10_000);
                        arrived.connection().send("data: 1\n\n");
                        arrived2.connection().send("data: 1\n\n");
                        assertEquals("9\r\ndata: 1\n\n\r\n", client.read(14));
                        assertEquals("data: 1\n\n", client2.readContent(stream).text());
                    }
                }
            }
        }

        @Test
        void anUploadThatGoesOnIsLeftAloneHoweverLongItTakes() throws Exception {
            try (Wire client = site.client()) {
                client.send("POST / HTTP/1.1\r\nHost: site\r\nTransfer-Encoding: chunked\r\n\r\n");
                try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2000);
                    while (System.nanoTime() < end) {
                        client.send("1\r\nx\r\n");
                        assertEquals("1\r\nx\r\n", arrived.connection().read(6));
                    }
                    client.send("0\r\n\r\n");
                    arrived.connection().send(OK);
                    assertTrue(client.readResponse().endsWith("ok"));
                }
            }
        }
    }

    /** What the container does by itself, so that it need not be done here. */
    @Nested
    class ByTheConnector {
        @BeforeEach
        void start() throws Exception {
            site = TestSite.before(upstream.port(), "clientTimeout", "1h");
            ((AbstractProtocol<?>) site.tomcat().getConnector().getProtocolHandler()).setConnectionTimeout(700);
            site.http2().setStreamReadTimeout(700);
        }

        @Test
        void connectionTimeoutEndsAnUploadThatStops() throws Exception {
            try (Wire client = site.client()) {
                client.send(STALLED);
                try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                    assertEquals("abc", arrived.connection().read(3));
                    client.readToEnd();
                    assertEquals("<reset>", arrived.connection().readToEnd());
                }
                awaitNothingInFlight();
            }
        }

        @Test
        void connectionTimeoutEndsADownloadThatIsNotTaken() throws Exception {
            assertThatADownloadIsCut();
        }

        @Test
        void streamReadTimeoutEndsAnUploadThatStopsOverHttp2() throws Exception {
            try (H2Wire client = new H2Wire(site.port())) {
                int stream = client.request("POST", "/", false, "content-length", "10");
                client.data(stream, "abc", false);
                try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                    assertEquals("abc", arrived.connection().read(3));
                    assertTrue(client.readResponse(stream).reset() >= 0);
                    assertEquals("<reset>", arrived.connection().readToEnd());
                }
                awaitNothingInFlight();
            }
        }
    }
}
