package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the upstream says before its answer, on its way to a client over HTTP/2. It ended here. */
class Rfc8297EarlyHintsTest {
    private static final String HINT = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 2\r\n\r\nok";

    private static ResponseRelay relay;

    @BeforeAll
    static void start() throws Exception {
        relay = new ResponseRelay();
    }

    @AfterAll
    static void stop() throws Exception {
        relay.close();
    }

    @Test
    void reachTheClientBeforeTheAnswerBegins() throws Exception {
        try (H2Wire client = new H2Wire(relay.site.port())) {
            for (String method : new String[] {"GET", "HEAD", "POST"}) {
                int stream = client.request(method, "/", !method.equals("POST"));
                try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                    arrived.connection()
                            .send(HINT
                                    + "link: </\u00e9>\r\nContent-Length: 3\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n");
                    H2Wire.Frame hint = client.readContent(stream);
                    assertEquals(":status: 103\nlink: </a.css>; rel=preload\nlink: </\u00e9>\n", hint.fields(), method);
                    assertFalse(hint.ends());

                    arrived.connection().send("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
                    assertEquals(":status: 102\n", client.readContent(stream).fields());

                    if (method.equals("POST")) {
                        client.data(stream, "abc", true);
                    }
                    arrived.connection().send(method.equals("HEAD") ? OK.substring(0, OK.length() - 2) : OK);
                    H2Wire.Response answer = client.readResponse(stream);
                    assertEquals(":status: 200\ndate: d\ncontent-length: 2\n", sorted(answer.fields()), method);
                    assertEquals(method.equals("HEAD") ? "" : "ok", answer.body());
                }
            }
        }
    }

    /** Tomcat writes the length before the date, or after it. */
    private static String sorted(String fields) {
        return fields.replace("content-length: 2\ndate: d\n", "date: d\ncontent-length: 2\n");
    }

    @Test
    void areFollowedByOurOwnAnswerWhereNoneComes() throws Exception {
        try (H2Wire client = new H2Wire(relay.site.port())) {
            int stream = client.get("/");
            try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                arrived.connection().send(HINT + "\r\n");
                assertTrue(client.readContent(stream).fields().startsWith(":status: 103\n"));
            }
            H2Wire.Response answer = client.readResponse(stream);
            assertTrue(answer.fields().startsWith(":status: 502\n"), answer.fields());
            assertFalse(answer.fields().contains("link"), answer.fields());
        }
    }

    /** As any other head. */
    @Test
    void areNotPassedOnMalformed() throws Exception {
        try (H2Wire client = new H2Wire(relay.site.port())) {
            int stream = client.get("/");
            try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                arrived.connection().send(HINT + "X-B\0d: 1\r\n\r\n" + OK);
                assertTrue(client.readResponse(stream).fields().startsWith(":status: 502\n"));
            }
        }
    }

    @Test
    void areGoneWithTheClientThatLeaves() throws Exception {
        try (H2Wire client = new H2Wire(relay.site.port())) {
            int stream = client.get("/");
            try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                arrived.connection().send(HINT + "\r\n");
                client.readContent(stream);
                client.reset(stream);
                assertEquals("<reset>", arrived.connection().readToEnd());
            }
            Until.true_(() -> relay.site.site().gate().snapshot().inFlight() == 0);
        }
    }

    /** More than a few wait for nobody. */
    @Test
    void withoutEndDoNoHarm() throws Exception {
        try (H2Wire client = new H2Wire(relay.site.port())) {
            int stream = client.get("/");
            try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                arrived.connection().send((HINT + "\r\n").repeat(10_000) + OK);
                H2Wire.Frame frame;
                do {
                    frame = client.readContent(stream);
                } while (frame.fields().startsWith(":status: 103\n"));
                assertTrue(frame.fields().startsWith(":status: 200\n"), frame.fields());
                assertEquals("ok", client.readResponse(stream).body());
            }
        }
    }
}
