package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One exchange, seen byte by byte from both sides. */
class ForwardingTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String GET = "GET / HTTP/1.1\r\nHost: site\r\n\r\n";

    private ScriptedUpstream upstream;
    private TestSite site;
    private Wire client;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
        site = TestSite.before(upstream.port(), "responseTimeout", "400ms", "connectTimeout", "2s");
        client = site.client();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        site.close();
        upstream.close();
    }

    @Test
    void theRequestArrivesAsItWasSent() throws Exception {
        client.send("FOO /a//b/../c;p=1/%2F%20x?q=1&&? HTTP/1.1\r\n"
                + "Host: site:81\r\n"
                + "X-B: 1\r\n"
                + "x-a: \u00e9\r\n"
                + "X-Empty:\r\n"
                + "X-Twice: 1\r\n"
                + "X-Twice: 2\r\n"
                + "Cookie: a=b\r\n"
                + "Content-Length: 3\r\n"
                + "\r\n"
                + "abc");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertEquals(
                    "FOO /a//b/../c;p=1/%2F%20x?q=1&&? HTTP/1.1\r\n"
                            + "Host: site:81\r\n"
                            + "X-B: 1\r\n"
                            + "x-a: \u00e9\r\n"
                            + "X-Empty: \r\n"
                            + "X-Twice: 1\r\n"
                            + "X-Twice: 2\r\n"
                            + "Cookie: a=b\r\n"
                            + "Content-Length: 3\r\n"
                            + "X-Forwarded-For: 127.0.0.1\r\n"
                            + "X-Forwarded-Host: site:81\r\n"
                            + "X-Forwarded-Proto: http\r\n"
                            + "X-Forwarded-Port: 81\r\n"
                            + "Via: 1.1 holdfast\r\n"
                            + "\r\n",
                    arrived.head());
            assertEquals("abc", arrived.connection().read(3));
        }
    }

    @Test
    void rfc9110Section761HopByHopFieldsStayBehind() throws Exception {
        client.send("GET / HTTP/1.1\r\n"
                + "Host: site\r\n"
                + "Connection: X-Hop, X-Forwarded-For\r\n"
                + "Connection: x-other\r\n"
                + "X-Hop: 1\r\n"
                + "X-Other: 1\r\n"
                + "Keep-Alive: timeout=5\r\n"
                + "Proxy-Connection: keep-alive\r\n"
                + "Proxy-Authorization: Basic eA==\r\n"
                + "TE: gzip\r\n"
                + "Trailer: X\r\n"
                + "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
                + "X-Stays: 1\r\n"
                + "\r\n");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertEquals(
                    "GET / HTTP/1.1\r\n"
                            + "Host: site\r\n"
                            + "X-Stays: 1\r\n"
                            + "X-Forwarded-For: 127.0.0.1\r\n"
                            + "X-Forwarded-Host: site\r\n"
                            + "X-Forwarded-Proto: http\r\n"
                            + "X-Forwarded-Port: 80\r\n"
                            + "Via: 1.1 holdfast\r\n"
                            + "\r\n",
                    arrived.head());
            arrived.connection()
                    .send("HTTP/1.1 200 OK\r\nConnection: X-Hop, close\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n"
                            + "X-Stays: 1\r\nX-Stays: 2\r\nSet-Cookie: a=b; SameSite=Lax\r\nContent-Length: 0\r\n\r\n");
            String head = client.readHead();
            assertFalse(head.contains("X-Hop"), head);
            assertFalse(head.contains("timeout"), head);
            assertTrue(head.contains("X-Stays: 1\r\nX-Stays: 2\r\nSet-Cookie: a=b; SameSite=Lax\r\n"), head);
        }
    }

    @Test
    void whatAnUntrustedClientSaysAboutItselfIsReplaced() throws Exception {
        client.send("GET / HTTP/1.1\r\nHost: site\r\nX-Forwarded-For: 1.2.3.4\r\nForwarded: for=1.2.3.4\r\n\r\n");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertTrue(arrived.head().contains("\r\nX-Forwarded-For: 127.0.0.1\r\n"), arrived.head());
            assertFalse(arrived.head().contains("1.2.3.4"), arrived.head());
        }
    }

    @Test
    void whatATrustedProxySaidIsKeptAndAddedTo() throws Exception {
        site.close();
        site = TestSite.before(upstream.port(), "trustedProxies", "127.0.0.0/8", "forwardedHeaders", "both");
        client = site.client();
        client.send("GET / HTTP/1.1\r\nHost: site\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n"
                + "Forwarded: for=1.2.3.4\r\n\r\n");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            String head = arrived.head();
            assertTrue(head.contains("\r\nX-Forwarded-For: 1.2.3.4, 127.0.0.1\r\n"), head);
            assertTrue(head.contains("\r\nX-Forwarded-Proto: https\r\n"), head);
            assertTrue(head.contains("\r\nForwarded: for=1.2.3.4, for=127.0.0.1;host=\"site\";proto=http\r\n"), head);
        }
    }

    @Test
    void aChunkedBodyStaysChunkedAndGoesOnAsItComes() throws Exception {
        client.send("POST / HTTP/1.1\r\nHost: site\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertTrue(arrived.head().contains("\r\nTransfer-Encoding: chunked\r\n"), arrived.head());
            assertEquals("3\r\nabc\r\n", arrived.connection().read(8));
            client.send("2\r\nde\r\n0\r\n\r\n");
            assertEquals("2\r\nde\r\n0\r\n\r\n", arrived.connection().read(12));
            arrived.connection().send(OK);
            assertTrue(client.readResponse().endsWith("ok"));
        }
    }

    @Test
    void aSlowUploadIsNoSilenceOfTheUpstream() throws Exception {
        client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 2\r\n\r\na");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertEquals("a", arrived.connection().read(1));
            arrived.connection().socket().setSoTimeout(1200); // three times responseTimeout
            assertTimesOut(arrived.connection());
            arrived.connection().socket().setSoTimeout(5000);
            client.send("b");
            assertEquals("b", arrived.connection().read(1));
            arrived.connection().send(OK);
            assertTrue(client.readResponse().endsWith("ok"));
        }
    }

    private static void assertTimesOut(Wire connection) throws IOException {
        try {
            assertEquals("nothing", connection.read(1));
        } catch (java.net.SocketTimeoutException expected) {
            assertTrue(connection.socket().isConnected());
        }
    }

    @Test
    void eachPieceOfAnEventStreamIsWithTheClientBeforeTheNextIsMade() throws Exception {
        client.send(GET);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
            assertTrue(client.readHead().contains("\r\nTransfer-Encoding: chunked\r\n"));
            for (int i = 0; i < 3; i++) {
                arrived.connection().send("data: " + i + "\n\n");
                assertEquals("9\r\ndata: " + i + "\n\n\r\n", client.read(14));
            }
        }
        assertEquals("0\r\n\r\n", client.read(5));
    }

    @Test
    void aPostThatTheUpstreamDidNotAnswerIs502AndIsNotSentAgain() throws Exception {
        warmUp();
        client.send("POST /once HTTP/1.1\r\nHost: site\r\nContent-Length: 0\r\n\r\n");
        assertTrue(reused.readHead().startsWith("POST /once "));

        reused.reset();

        assertTrue(client.readResponse().startsWith("HTTP/1.1 502 "));
        assertFalse(upstream.hasPending(100));
    }

    @Test
    void aGetThatMetADeadConnectionIsSentAgain() throws Exception {
        warmUp();
        client.send("GET /again HTTP/1.1\r\nHost: site\r\n\r\n");
        assertTrue(reused.readHead().startsWith("GET /again "));

        reused.reset();

        try (ScriptedUpstream.Arrived second = upstream.acceptRequest()) {
            assertTrue(second.head().startsWith("GET /again "));
            second.connection().send(OK);
            assertTrue(client.readResponse().endsWith("ok"));
        }
    }

    @Test
    void aGetOnANewConnectionIsNotSentAgain() throws Exception {
        client.send(GET);
        upstream.acceptRequest().connection().reset();
        assertTrue(client.readResponse().startsWith("HTTP/1.1 502 "));
        assertFalse(upstream.hasPending(100));
    }

    private Wire reused;

    /** One exchange, after which a connection to the upstream is idle. */
    private void warmUp() throws IOException {
        client.send(GET);
        reused = upstream.acceptRequest().connection();
        reused.send(OK);
        assertTrue(client.readResponse().endsWith("ok"));
    }

    @Test
    void aPostMeetsAnIdleConnectionThatTheUpstreamClosedAndArrivesOnce() throws Exception {
        warmUp();
        reused.close();
        client.send("POST /once HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\nhello");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertEquals("hello", arrived.connection().read(5));
            arrived.connection().send(OK);
            assertTrue(client.readResponse().endsWith("ok"));
        }
        assertFalse(upstream.hasPending(100));
    }

    @Test
    void aSilentUpstreamIs504() throws Exception {
        client.send(GET);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertTrue(client.readResponse().startsWith("HTTP/1.1 504 "));
            assertEquals("<reset>", arrived.connection().readToEnd());
        }
    }

    /** The connection had been used before, so the silence was taken for a dead connection, and the GET sent three times. */
    @Test
    void aSilentUpstreamIsAskedOnceAlsoOnAConnectionThatWasUsedBefore() throws Exception {
        warmUp();
        client.send(GET);
        assertTrue(reused.readHead().startsWith("GET / "));
        assertTrue(client.readResponse().startsWith("HTTP/1.1 504 "));
        assertFalse(upstream.hasPending(100));
    }

    /** Head, piece and end came in one burst: Tomcat answered 500 with the fields of the upstream. */
    @Test
    void anAnswerThatBreaksOffBeforeAnythingHasLeftIs502() throws Exception {
        client.send(GET);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection()
                    .send(
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nSet-Cookie: a=b\r\n\r\n5\r\nhello\r\nzz\r\n");
            String response = client.readResponse();
            assertTrue(response.startsWith("HTTP/1.1 502 "), response);
            assertFalse(response.contains("a=b"), response);
        }
    }

    /** A body that ended within the buffer left the connection paused: it spun, or served the next exchange nothing. */
    @Test
    void aConnectionIsReadAgainAfterASlowClient() throws Exception {
        int size = 128 * 1024 + 10_000;
        for (int round = 0; round < 3; round++) {
            try (Wire slow = site.client()) {
                slow.socket().setReceiveBufferSize(4096);
                slow.send(GET);
                Wire connection =
                        round == 0 ? (reused = upstream.acceptRequest().connection()) : reused;
                if (round > 0) {
                    assertTrue(connection.readHead().startsWith("GET / "));
                }
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n" + "x".repeat(size));
                Until.true_(() -> site.site().gate().snapshot().inFlight() == 0);
                slow.readHead();
                assertEquals(size, slow.readBytes(size).length);
            }
        }
    }

    @Test
    void aHeadThatIsCutIs502() throws Exception {
        client.send(GET);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection().send("HTTP/1.1 200 OK\r\nSet-Cookie: abc=de");
            arrived.connection().shutdownOutput();
            assertTrue(client.readResponse().startsWith("HTTP/1.1 502 "));
        }
    }

    @Test
    void aBodyThatIsCutIsACutResponse() throws Exception {
        for (String head : new String[] {"Content-Length: 10", "Transfer-Encoding: chunked"}) {
            try (Wire another = site.client()) {
                another.send(GET);
                try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                    arrived.connection().send("HTTP/1.1 200 OK\r\n" + head + "\r\n\r\n");
                    arrived.connection().send(head.startsWith("T") ? "5\r\nhello\r\n" : "hello");
                    assertTrue(another.readHead().startsWith("HTTP/1.1 200 "));
                    String piece = head.startsWith("T") ? "5\r\nhello\r\n" : "hello";
                    assertEquals(piece, another.read(piece.length()));
                }
                String rest = another.readToEnd();
                assertTrue(rest.isEmpty() || rest.equals("<reset>"), rest);
            }
        }
    }

    @Test
    void anEarlyRefusalStopsTheUploadAndReachesTheClient() throws Exception {
        client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 100000\r\n\r\nabc");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertEquals("abc", arrived.connection().read(3));
            arrived.connection().send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
            String response = client.readResponse();
            assertTrue(response.startsWith("HTTP/1.1 413 "), response);
            assertTrue(response.contains("\r\nConnection: close\r\n"), response);
            assertTrue(response.endsWith("big"), response);
        }
        try (Wire next = site.client()) {
            next.send(GET);
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().send(OK);
                assertTrue(next.readResponse().endsWith("ok"));
            }
        }
    }

    @Test
    void anEarly200LetsTheUploadGoOn() throws Exception {
        client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 6\r\n\r\nabc");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertEquals("abc", arrived.connection().read(3));
            arrived.connection().send(OK);
            assertTrue(client.readHead().startsWith("HTTP/1.1 200 "));
            assertEquals("o", client.read(1));
            client.send("def");
            assertEquals("def", arrived.connection().read(3));
            assertEquals("k", client.read(1));
            client.send(GET);
            assertTrue(arrived.connection().readHead().startsWith("GET / "), "the connection is used again");
        }
    }

    @Test
    void aClientThatLeavesInMidUploadIsAnAbortForTheUpstream() throws Exception {
        client.send("POST / HTTP/1.1\r\nHost: site\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertEquals("3\r\nabc\r\n", arrived.connection().read(8));
            client.close();
            assertEquals("<reset>", arrived.connection().readToEnd());
        }
        Until.true_(() -> site.site().gate().snapshot().inFlight() == 0);
    }

    @Test
    void aClientThatLeavesInMidResponseFreesTheUpstream() throws Exception {
        client.send(GET);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
            client.readHead();
            client.reset();
            byte[] piece = new byte[100_000];
            try {
                for (int i = 0; i < 1000; i++) {
                    arrived.connection().send(piece);
                }
                assertEquals("", "the upstream could send everything");
            } catch (SocketException expected) {
                assertTrue(expected.getMessage() != null);
            }
        }
        Until.true_(() -> site.site().gate().snapshot().inFlight() == 0);
    }

    @Test
    void aSlowClientSlowsTheUpstream() throws Exception {
        for (boolean chunked : new boolean[] {false, true}) {
            try (TestSite patient = TestSite.before(upstream.port()); // TCP recovers slowly from a window that was full
                    Wire slow = patient.client()) {
                slow.send(GET);
                ScriptedUpstream.Arrived arrived = upstream.acceptRequest();
                int size = 40_000_000;
                AtomicInteger sent = new AtomicInteger();
                AtomicInteger before = new AtomicInteger();
                CompletableFuture<Void> sending =
                        CompletableFuture.runAsync(() -> sendBody(arrived, size, chunked, sent));
                slow.readHead();
                // The kernel's buffers take some megabytes at most; the rest must wait for the client.
                Until.quiet(() -> sent.get() > 0 && sent.get() == before.getAndSet(sent.get()));
                assertTrue(sent.get() < size);
                slow.readBytes(size);
                sending.get(10, TimeUnit.SECONDS);
                assertEquals(size, sent.get());
                arrived.close();
            }
        }
    }

    private static void sendBody(ScriptedUpstream.Arrived arrived, int size, boolean chunked, AtomicInteger sent) {
        try {
            byte[] piece = new byte[1000];
            arrived.connection()
                    .send("HTTP/1.1 200 OK\r\n"
                            + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + size)
                            + "\r\n\r\n");
            while (sent.get() < size) {
                if (chunked) {
                    arrived.connection().send("3e8\r\n");
                }
                arrived.connection().send(piece);
                if (chunked) {
                    arrived.connection().send("\r\n");
                }
                sent.addAndGet(piece.length);
            }
            if (chunked) {
                arrived.connection().send("0\r\n\r\n");
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
