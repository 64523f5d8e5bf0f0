package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that leave while the upstream says nothing: it is told, by a reset, before it says the next thing. */
class DepartedClientTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    private static final String GET = "GET / HTTP/1.1\r\nHost: site\r\n\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 3\r\n\r\nabc";
    private static final String STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

    private ScriptedUpstream upstream;
    private TestSite site;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
        site = TestSite.before(upstream.port(), "responseTimeout", "5m");
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        upstream.close();
    }

    private interface Departure {
        void of(Wire client) throws IOException;
    }

    private static final List<Departure> DEPARTURES = List.of(Wire::close, Wire::reset, Wire::shutdownOutput);

    /** Tomcat reads nothing of a connection whose request is with us: nobody saw the end of it before the first write. */
    @Test
    void whoWaitsForTheFirstByteAndLeavesFreesTheUpstream() throws Exception {
        for (String request : List.of(GET, POST)) {
            for (Departure departure : DEPARTURES) {
                try (Wire client = site.client()) {
                    client.send(request);
                    try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                        assertEquals(
                                request.equals(POST) ? "abc" : "",
                                arrived.connection().read(request.equals(POST) ? 3 : 0));
                        departure.of(client);
                        assertEquals("<reset>", arrived.connection().readToEnd());
                        Until.true_(() -> site.site().gate().snapshot().inFlight() == 0);
                    }
                }
            }
        }
        assertTrue(site.site().upstream().awaitIdle(java.time.Duration.ofSeconds(5)));
    }

    @Test
    void whoListensToAQuietEventStreamAndLeavesFreesTheUpstream() throws Exception {
        for (String request : List.of(GET, POST)) {
            for (Departure departure : DEPARTURES) {
                try (Wire client = site.client()) {
                    client.send(request);
                    try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                        arrived.connection().read(request.equals(POST) ? 3 : 0);
                        arrived.connection().send(STREAM + "data: 1\n\n");
                        client.readHead();
                        assertEquals("9\r\ndata: 1\n\n\r\n", client.read(14));
                        departure.of(client);
                        assertEquals("<reset>", arrived.connection().readToEnd());
                        Until.true_(() -> site.site().gate().snapshot().streams() == 0);
                    }
                }
            }
        }
        assertTrue(site.site().upstream().awaitIdle(java.time.Duration.ofSeconds(5)));
    }

    /**
     * The upstream's time limit rested while the client sent nothing, and went on resting when the answer had stopped the upload:
     * a client that then left was never noticed.
     */
    @Test
    void anAnswerThatStopsTheUploadMustGoOnInTime() throws Exception {
        try (TestSite hasty = TestSite.before(upstream.port(), "responseTimeout", "1s");
                Wire client = hasty.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 3\r\n\r\nab");
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().read(2);
                arrived.connection().send(STREAM.replace("200 OK", "404 Not Found") + "data: 1\n\n");
                assertEquals("<reset>", arrived.connection().readToEnd());
                Until.true_(() -> hasty.site().gate().snapshot().inFlight() == 0);
                assertEquals(0, hasty.site().gate().snapshot().streams());
            }
        }
    }

    /** The end of the upload set the upstream's time limit again, and the stream was cut at its first silence. */
    @Test
    void anEventStreamThatBeganDuringTheUploadMayBeSilentAfterIt() throws Exception {
        try (TestSite hasty = TestSite.before(upstream.port(), "responseTimeout", "1s");
                Wire client = hasty.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 3\r\n\r\nab");
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().read(2);
                arrived.connection().send(STREAM + "data: 1\n\n");
                client.readHead();
                assertEquals("9\r\ndata: 1\n\n\r\n", client.read(14));
                client.send("c");
                assertEquals("c", arrived.connection().read(1));
                arrived.connection().socket().setSoTimeout(2500);
                assertThrows(
                        SocketTimeoutException.class, () -> arrived.connection().read(1));
                arrived.connection().send("data: 2\n\n");
                assertEquals("9\r\ndata: 2\n\n\r\n", client.read(14));
            }
        }
    }

    /**
     * Nobody saw the end of it behind the upload, which nobody read, and an event stream may be silent: it was one for ever.
     */
    @Test
    void whoLeavesAnUploadToAnEventStreamThatDoesNotReadItFreesTheUpstreamInTime() throws Exception {
        for (Departure departure : DEPARTURES) {
            try (TestSite hasty = TestSite.before(upstream.port(), "responseTimeout", "1s");
                    Wire client = hasty.client()) {
                CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendForEver(client));
                try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                    arrived.connection().send(STREAM + "data: 1\n\n");
                    client.readHead();
                    Until.true_(() -> hasty.site().gate().snapshot().streams() == 1);
                    departure.of(client);
                    Until.true_(() -> hasty.site().gate().snapshot().streams() == 0);
                    assertTrue(hasty.site().upstream().awaitIdle(java.time.Duration.ofSeconds(5)));
                }
                sending.get(10, TimeUnit.SECONDS);
            }
        }
    }

    private static void sendForEver(Wire client) {
        try {
            client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: " + Long.MAX_VALUE + "\r\n\r\n");
            for (byte[] piece = new byte[100_000]; ; ) {
                client.send(piece);
            }
        } catch (IOException expected) {
            // It has left.
        }
    }

    /** What it sent filled Tomcat's buffer; its end, behind that, was never seen, and the stream was one for ever. */
    @Test
    void whoSendsOnBehindAnEventStreamUntilNothingMoreOfItCanBeSeenIsCut() throws Exception {
        for (Departure departure : List.<Departure>of(Wire::reset, client -> {})) {
            try (Wire client = site.client()) {
                client.send(GET + "GET /" + "x".repeat(100_000));
                try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                    arrived.connection().send(STREAM + "data: 1\n\n");
                    client.readHead();
                    departure.of(client);
                    assertEquals("<reset>", arrived.connection().readToEnd());
                    Until.true_(() -> site.site().gate().snapshot().streams() == 0);
                }
            }
        }
    }

    /** The looks at the connection take what comes next from the socket; it is not lost. */
    @Test
    void whoStaysAndPipelinesGetsBothAnswers() throws Exception {
        for (String request : List.of(GET, POST)) {
            try (Wire client = site.client()) {
                client.send(request);
                try (ScriptedUpstream.Arrived first = upstream.acceptRequest()) {
                    first.connection().read(request.equals(POST) ? 3 : 0);
                    client.send("POST /next HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\nhel");
                    first.connection().socket().setSoTimeout(2500); // some looks
                    try {
                        assertEquals("nothing", first.connection().read(1));
                    } catch (SocketTimeoutException expected) {
                        client.send("lo");
                    }
                    first.connection().send(OK);
                    assertTrue(client.readResponse().endsWith("ok"));
                    try (ScriptedUpstream.Arrived second = upstream.acceptRequest()) {
                        assertTrue(second.head().startsWith("POST /next "));
                        assertEquals("hello", second.connection().read(5));
                        second.connection().send(OK);
                        assertTrue(client.readResponse().endsWith("ok"));
                    }
                }
            }
        }
    }

    @Test
    void rfc9113Section64AResetStreamFreesTheUpstreamAtOnce() throws Exception {
        for (String answer : List.of("", STREAM)) {
            for (boolean connection : List.of(false, true)) {
                // A connection of its own: Tomcat takes two resets of a quiet one for an attack (overheadResetFactor).
                try (H2Wire client = new H2Wire(site.port())) {
                    int stream = client.get("/");
                    try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                        if (!answer.isEmpty()) {
                            arrived.connection().send(answer);
                            assertEquals(
                                    H2Wire.HEADERS, client.readContent(stream).type());
                        }
                        if (connection) {
                            client.resetConnection();
                        } else {
                            client.reset(stream);
                        }
                        assertEquals("<reset>", arrived.connection().readToEnd());
                    }
                }
            }
        }
        Until.true_(() -> site.site().gate().snapshot().inFlight() == 0);
        assertTrue(site.site().upstream().awaitIdle(java.time.Duration.ofSeconds(5)));
    }
}
