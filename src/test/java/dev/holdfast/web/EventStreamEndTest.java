package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** How event streams end when the gate closes, so that an EventSource connects anew. */
class EventStreamEndTest {
    private static final String STREAM =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n";

    /** The most usual kind: neither length nor chunks, the end of the connection is the end of the stream. */
    private static final String UNFRAMED = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n";

    @Test
    void endsProperlyAfterTheGraceTimeAndFreesTheUpstream() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.before(upstream.port(), "closeStreams", "100ms");
                Wire client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().send(STREAM);
                client.readHead();
                assertEquals("9\r\ndata: 1\n\n\r\n", client.read(14));
                site.hold();
                assertEquals("0\r\n\r\n", client.read(5));
                assertEquals("<reset>", arrived.connection().readToEnd());
                client.send("GET /again HTTP/1.1\r\nHost: a\r\n\r\n");
                site.awaitHeld(1);
            }
            assertEquals(0, site.site().gate().snapshot().streams());
        }
    }

    @Test
    void endsAlsoWhereTheUpstreamGaveItNoFraming() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.before(upstream.port(), "closeStreams", "100ms");
                Wire client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().send(UNFRAMED);
                client.readHead();
                assertEquals("9\r\ndata: 1\n\n\r\n", client.read(14));
                site.hold();
                assertEquals("0\r\n\r\n", client.read(5));
                assertEquals("<reset>", arrived.connection().readToEnd());
            }
            assertEquals(0, site.site().gate().snapshot().streams());
        }
    }

    @Test
    void endsProperlyOverHttp2AndLeavesTheConnection() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.before(upstream.port(), "closeStreams", "100ms");
                H2Wire client = new H2Wire(site.port())) {
            for (String stream : new String[] {STREAM, UNFRAMED}) {
                int events = client.get("/");
                try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                    arrived.connection().send(stream);
                    assertTrue(client.readContent(events).fields().startsWith(":status: 200\n"));
                    assertEquals("data: 1\n\n", client.readContent(events).text());
                    site.hold();
                    H2Wire.Response rest = client.readResponse(events);
                    assertEquals(new H2Wire.Response("", "", -1), rest);
                    assertEquals("<reset>", arrived.connection().readToEnd());
                }
                int again = client.get("/again");
                site.awaitHeld(1);
                assertEquals(0, site.site().gate().snapshot().streams());
                site.release();
                try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                    arrived.connection().send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
                    assertEquals("ok", client.readResponse(again).body());
                }
            }
        }
    }

    @Test
    void staysByDefault() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.before(upstream.port());
                Wire client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().send(STREAM);
                client.readHead();
                client.read(14);
                site.hold();
                Until.true_(() -> site.site().gate().isDrained());
                arrived.connection().send("9\r\ndata: 2\n\n\r\n");
                assertEquals("9\r\ndata: 2\n\n\r\n", client.read(14));
            }
        }
    }

    @Test
    void endsProperlyWhenTheContainerStops() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.before(upstream.port());
                Wire client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().send(STREAM);
                client.readHead();
                client.read(14);
                site.stopContainer();
                assertEquals("0\r\n\r\n", client.readToEnd());
            }
        }
    }

    @Test
    void anOrdinaryLongAnswerIsNotEnded() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.before(upstream.port(), "closeStreams", "0s");
                Wire client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
                client.readHead();
                assertEquals("ab", client.read(2));
                site.hold();
                client.socket().setSoTimeout(600);
                org.junit.jupiter.api.Assertions.assertThrows(
                        java.net.SocketTimeoutException.class, () -> client.read(1));
                assertFalse(site.site().gate().isDrained());
                arrived.connection().send("cd");
                assertEquals("cd", client.read(2));
                Until.true_(() -> site.site().gate().isDrained());
                assertTrue(site.site().gate().isShut());
            }
        }
    }
}
