package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies on their way to the upstream. */
class Rfc9112Section6RequestBodyTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    private static final String CHUNKED = "POST / HTTP/1.1\r\nHost: site\r\nTransfer-Encoding: chunked\r\n";

    private static Relay relay;

    @BeforeAll
    static void start() throws Exception {
        relay = new Relay((connector, context) ->
                connector.setProperty("allowedTrailerHeaders", "x-sum,x-other,host,x-forwarded-for,te"));
    }

    @AfterEach
    void forget() throws Exception {
        relay.forget();
    }

    @AfterAll
    static void stop() throws Exception {
        relay.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "DELETE", "POST", "OPTIONS", "PROPFIND", "X"})
    void aBodyIsPassedWithAnyMethod(String method) throws Exception {
        Relay.Seen seen = relay.passAndHold(method + " / HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\nhello");

        assertEquals("Host: site\r\nContent-Length: 5\r\n", seen.fields());
        assertEquals("hello", seen.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT"})
    void noBodyIsNoBodyAndAnEmptyOneIsEmpty(String method) throws Exception {
        String head = method + " / HTTP/1.1\r\nHost: site\r\n";
        assertEquals("Host: site\r\n", relay.passAndHold(head + "\r\n").fields());
        assertEquals(
                "Host: site\r\nContent-Length: 0\r\n",
                relay.passAndHold(head + "Content-Length: 0\r\n\r\n").fields());
        Relay.Seen empty = relay.passAndHold(head + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        assertEquals("Host: site\r\nTransfer-Encoding: chunked\r\n", empty.fields());
        assertEquals("0\r\n\r\n", empty.body());
    }

    @Test
    void aBodyThatComesByteByByteArrives() throws Exception {
        for (String request : new String[] {
            "POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\nhello",
            CHUNKED + "\r\n3\r\nhel\r\n02;ext=\"a;b\"\r\nlo\r\n000\r\n\r\n"
        }) {
            try (Wire client = relay.site.client()) {
                for (char c : request.toCharArray()) {
                    client.send(String.valueOf(c));
                }
                assertEquals("hello", relay.answer().body().replaceAll("(?s)[0-9]+\r\n|\r\n", ""));
                assertTrue(client.readResponse().endsWith("ok"));
            }
        }
    }

    /** RFC 9112, section 7.1.1: an extension concerns one connection. */
    @Test
    void chunkExtensionsStayBehind() throws Exception {
        Relay.Seen seen = relay.pass(CHUNKED + "\r\n5;a=b;c\r\nhello\r\n0;d\r\n\r\n");

        assertEquals("5\r\nhello\r\n0\r\n\r\n", seen.body());
    }

    @Test
    void trailersThatTheConnectorLetsThroughArePassed() throws Exception {
        Relay.Seen seen = relay.passAndHold(CHUNKED + "Trailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\n"
                + "X-Sum: 1\u00e9\r\nX-Unknown: 1\r\nX-Other: \r\n\r\n");

        assertEquals("Host: site\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n", seen.fields());
        // Sorted by the container, which in 10.1 makes the names lower-case, too.
        assertEquals("5\r\nhello\r\n0\r\nX-Other: \r\nX-Sum: 1\u00e9\r\n\r\n", seen.body());
    }

    /** RFC 9110, section 6.5.1. */
    @Test
    void trailersThatWouldChangeTheHeadAreNot() throws Exception {
        Relay.Seen seen = relay.pass(CHUNKED + "\r\n5\r\nhello\r\n0\r\nHost: a\r\nX-Forwarded-For: 1\r\nTE: b\r\n\r\n");

        assertEquals("5\r\nhello\r\n0\r\n\r\n", seen.body());
    }

    @Test
    void theContainerAsksForTheBodyThatTheClientHoldsBack() throws Exception {
        try (Wire client = relay.site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            assertEquals("HTTP/1.1 100 \r\n\r\n", client.readHead());
            client.send("hello");

            Relay.Seen seen = relay.answer();

            assertEquals("Host: site\r\nContent-Length: 5\r\n", seen.fields());
            assertEquals("hello", seen.body());
            assertTrue(client.readResponse().startsWith("HTTP/1.1 200 "));
        }
        assertEquals(
                417, relay.refuse("POST / HTTP/1.1\r\nHost: site\r\nExpect: a-pony\r\nContent-Length: 5\r\n\r\nhello"));
    }

    @Test
    void aClientThatLeavesInMidUploadIsAnAbortForTheUpstream() throws Exception {
        for (boolean rst : new boolean[] {false, true}) {
            for (String begun : new String[] {
                "POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 10\r\n\r\nhello",
                CHUNKED + "\r\n5\r\nhello\r\n",
                CHUNKED + "\r\n5\r\nhello\r\n0\r\n",
                CHUNKED + "\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n"
            }) {
                Wire client = relay.site.client();
                client.send(begun);
                try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                    String piece = begun.contains("chunked") ? "5\r\nhello\r\n" : "hello";
                    assertEquals(piece, arrived.connection().read(piece.length()));
                    if (rst) {
                        client.reset();
                    } else {
                        client.close();
                    }
                    assertEquals("<reset>", arrived.connection().readToEnd(), begun);
                }
            }
        }
        Until.true_(() -> relay.site.site().gate().snapshot().inFlight() == 0);
    }

    @Test
    void anEarly200LetsAnUploadInChunksGoOn() throws Exception {
        try (Wire client = relay.site.client()) {
            client.send(CHUNKED + "\r\n3\r\nabc\r\n");
            try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                assertEquals("3\r\nabc\r\n", arrived.connection().read(8));
                arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                assertTrue(client.readHead().startsWith("HTTP/1.1 200 "));
                assertEquals("o", client.read(1));
                client.send("2\r\nde\r\n0\r\n\r\n");
                assertEquals("2\r\nde\r\n0\r\n\r\n", arrived.connection().read(12));
                assertEquals("k", client.read(1));
                client.send("GET /again HTTP/1.1\r\nHost: site\r\n\r\n");
                assertTrue(arrived.connection().readHead().startsWith("GET /again "), "the connection is used again");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"302", "401", "413", "500"})
    void anEarlyAnswerOtherwiseStopsTheUploadAndSpoilsNoConnection(String status) throws Exception {
        for (String body :
                new String[] {"Content-Length: 1000000\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"}) {
            try (Wire client = relay.site.client()) {
                client.send("POST / HTTP/1.1\r\nHost: site\r\n" + body);
                try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                    String piece = body.substring(body.indexOf("\r\n\r\n") + 4);
                    assertEquals(piece, arrived.connection().read(piece.length()));
                    arrived.connection().send("HTTP/1.1 " + status + " No\r\nContent-Length: 2\r\n\r\nno");
                    String response = client.readResponse();
                    assertTrue(response.startsWith("HTTP/1.1 " + status + " "), response);
                    assertTrue(response.contains("\r\nConnection: close\r\n"), response);
                    assertTrue(response.endsWith("no"), response);
                    assertEquals(
                            "GET /next HTTP/1.1",
                            relay.pass("GET /next HTTP/1.1\r\nHost: site\r\n\r\n")
                                    .line(),
                            "goes over a connection of its own");
                }
            }
        }
    }

    @Test
    void pipelinedRequestsWithBodiesAreAnsweredInTurn() throws Exception {
        try (Wire client = relay.site.client()) {
            client.send("POST /1 HTTP/1.1\r\nHost: site\r\nContent-Length: 3\r\n\r\nabc"
                    + "POST /2 HTTP/1.1\r\nHost: site\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nd\r\n0\r\n\r\n"
                    + "GET /3 HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n"
                    + "GET /4 HTTP/1.1\r\nHost: site\r\n\r\n");
            for (String[] expected : new String[][] {{"/1", "abc"}, {"/2", "1\r\nd\r\n0\r\n\r\n"}, {"/3", ""}}) {
                Relay.Seen seen = relay.answer();
                assertTrue(seen.line().contains(expected[0]), seen.line());
                assertEquals(expected[1], seen.body());
                assertTrue(client.readResponse().endsWith("ok"));
            }
            assertEquals("", client.readToEnd());
        }
        assertFalse(relay.upstream.hasPending(50), "what comes after Connection: close is no request");
    }

    @Test
    void aClientOfHttp10CanKeepItsConnectionOrNot() throws Exception {
        try (Wire client = relay.site.client()) {
            client.send("POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na");
            assertEquals("a", relay.answer().body());
            assertTrue(client.readResponse().endsWith("ok"));
            client.send("GET /2 HTTP/1.0\r\n\r\n");
            try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                arrived.connection().send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
                String response = client.readToEnd();
                assertFalse(response.contains("chunked"), response);
                assertTrue(response.endsWith("\r\n\r\nok"), response);
            }
        }
    }

    @Test
    void aPieceGoesOnBeforeTheNextComes() throws Exception {
        try (Wire client = relay.site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 6\r\n\r\n");
            try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                for (String piece : new String[] {"ab", "cd", "ef"}) {
                    client.send(piece);
                    assertEquals(piece, arrived.connection().read(2));
                }
                arrived.connection().send(OK);
                assertTrue(client.readResponse().endsWith("ok"));
            }
        }
    }
}
