package dev.holdfast.web;

import static dev.holdfast.web.ResponseRelay.FIN;
import static dev.holdfast.web.ResponseRelay.GET;
import static dev.holdfast.web.ResponseRelay.HEAD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is no HTTP, or may be taken for one thing by us and for another by the next: 502, or a cut where it has begun. */
class Rfc9112Section2MalformedResponseTest {
    private static final String BEFORE = "HTTP/1.1 200 OK\r\nDate: d\r\nX-Upstream: yes\r\n";
    private static final String AFTER = "Content-Length: 2\r\n\r\nok";

    private static ResponseRelay relay;

    @BeforeAll
    static void start() throws Exception {
        relay = new ResponseRelay("responseTimeout", "1s");
    }

    @AfterAll
    static void stop() throws Exception {
        relay.close();
    }

    static String[] noHeads() {
        return new String[] {
            "garbage\r\n\r\n",
            "<html>this is HTTP/0.9</html>" + FIN,
            "<html>this is HTTP/0.9</html>\r\n\r\n" + FIN,
            FIN,
            "\r\n" + FIN,
            "\r\n".repeat(20),
            "HTTP/1.1\r\n" + AFTER,
            "HTTP/1.1 200OK\r\n" + AFTER,
            "HTTP/11 200 OK\r\n" + AFTER,
            "HTTP/1.1x 200 OK\r\n" + AFTER,
            "http/1.1 200 OK\r\n" + AFTER,
            "HTTP/0.9 200 OK\r\n" + AFTER,
            "HTTP/2.0 200 OK\r\n" + AFTER,
            "HTTP/3 200 OK\r\n" + AFTER,
            "ICY 200 OK\r\n" + AFTER,
            "HTTP/1.1 200 OK\r\n X-First: after a space\r\n" + AFTER,
            BEFORE + "no colon\r\n" + AFTER,
            BEFORE + ": no name\r\n" + AFTER,
            BEFORE + "X A: a space in the name\r\n" + AFTER,
            BEFORE + "X-\u00e9: no token\r\n" + AFTER,
            BEFORE + "X(A): no token\r\n" + AFTER,
            BEFORE + "X-\0: no token\r\n" + AFTER,
            BEFORE + "X-A: a\0b\r\n" + AFTER,
            BEFORE + "X-A: a\rSet-Cookie: injected=1\r\n" + AFTER,
            BEFORE + "X-A: a\r\r\n" + AFTER,
            BEFORE + "X-A: a\u007fb\r\n" + AFTER,
            BEFORE + "X-A: a\u001bb\r\n" + AFTER,
            BEFORE + "X: y\r\n".repeat(1000) + AFTER,
            BEFORE + "X-Long: " + "y".repeat(70_000) + "\r\n" + AFTER,
            BEFORE + "Content-Length: -2\r\n\r\nok",
            BEFORE + "Content-Length: +2\r\n\r\nok",
            BEFORE + "Content-Length: 2, 2\r\n\r\nok",
            BEFORE + "Content-Length: 2, 3\r\n\r\nok",
            BEFORE + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok",
            BEFORE + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nok",
            BEFORE + "Content-Length: 0x2\r\n\r\nok",
            BEFORE + "Content-Length: 2 \u00a0\r\n\r\nok",
            BEFORE + "Content-Length:\r\n\r\n",
            BEFORE + "Content-Length: 99999999999999999999\r\n\r\nok",
            BEFORE + "Transfer-Encoding: chunked\r\n" + AFTER,
            BEFORE + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            BEFORE + "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            BEFORE + "Transfer-Encoding: chunked, gzip\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            BEFORE + "Transfer-Encoding: identity\r\n\r\nok" + FIN,
            BEFORE + "Transfer-Encoding: xchunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            BEFORE + "Transfer-Encoding: chunked, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            BEFORE + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            BEFORE + "Transfer-Encoding: \"chunked\"\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            BEFORE + "Transfer-Encoding:\r\n\r\nok" + FIN,
            BEFORE + "Content-Length: 2\r\n" + FIN,
        };
    }

    @ParameterizedTest
    @MethodSource("noHeads")
    void aMalformedHeadIs502AndTheConnectionIsNotUsedAgain(String response) throws Exception {
        try (Wire client = relay.site.client()) {
            client.send(GET);
            try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                ResponseRelay.say(arrived.connection(), response);
                String answer = client.readResponse();
                assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 502 "), answer);
                assertFalse(answer.contains("X-Upstream"), answer);
                String rest = arrived.connection().readToEnd();
                assertTrue(rest.isEmpty() || rest.equals("<reset>"), rest);
            }
            client.send(GET);
            try (ScriptedUpstream.Arrived next = relay.upstream.acceptRequest()) {
                next.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext");
                assertTrue(client.readResponse().endsWith("next"));
            }
        }
    }

    static String[] noLengths() {
        return new String[] {
            "Content-Length: -2", "Content-Length: 2\r\nContent-Length: 3", "Content-Length: abc", "Content-Length:"
        };
    }

    /** The client uses them, though we do not. */
    @ParameterizedTest
    @MethodSource("noLengths")
    void aMalformedLengthWithoutABodyIs502(String length) throws Exception {
        assertTrue(relay.answer(HEAD, BEFORE + length + "\r\n\r\n").startsWith("HTTP/1.1 502 "));
        String notModified = BEFORE.replace("200", "304") + length + "\r\n\r\n";
        assertTrue(relay.answer(GET, notModified).startsWith("HTTP/1.1 502 "));
    }

    static String[] badChunks() {
        return new String[] {
            "zz\r\n",
            "0x2\r\nok\r\n0\r\n\r\n",
            "\r\n0\r\n\r\n",
            "2\r\nokX0\r\n\r\n",
            "2\r\nokay\r\n0\r\n\r\n",
            "-5\r\nhello\r\n0\r\n\r\n",
            "-1\r\nhello\r\n0\r\n\r\n",
            "fffffffffffffffff\r\nok",
            "5\r\nhe" + FIN,
            "2\r\nok\r\n" + FIN,
            "2" + FIN,
            "",
        };
    }

    @ParameterizedTest
    @MethodSource("badChunks")
    void aMalformedChunkIsACutBody(String chunk) throws Exception {
        try (Wire client = relay.site.client()) {
            client.send(GET);
            try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                arrived.connection().send(BEFORE + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
                assertTrue(client.readHead().startsWith("HTTP/1.1 200 "));
                assertEquals("3\r\nabc\r\n", client.read(8));
                ResponseRelay.say(arrived.connection(), chunk);
                String rest = client.readToEnd();
                assertFalse(rest.endsWith("0\r\n\r\n"), rest);
            }
        }
    }

    /** RFC 9112 §5.2: a fold may be replaced by spaces; §5.1: the space before the colon has to go; §2.2: LF alone ends a line. */
    @Test
    void whatIsOldButNotAmbiguousIsMended() throws Exception {
        assertEquals(
                "HTTP/1.1 200 \r\nDate: d\r\nX-Fold: a b\r\nX-Space: c\r\nContent-Length: 2\r\n\r\nok",
                relay.answer(
                        GET,
                        "HTTP/1.1 200 OK\nDate: d\r\nX-Fold: a\r\n  \tb\r\nX-Space \t: c\r\nContent-Length : 2\n\r\nok"));
    }

    /** Of maxHttpResponseHeaderSize, 8 KB by default; whether Tomcat takes another head then depends on how far it had come. */
    @Test
    void aHeadThatTheContainerHasNoRoomForIs502OrNoAnswer() throws Exception {
        String large = BEFORE + "X-Large: " + "y".repeat(9000) + "\r\n";
        for (String body : new String[] {
            AFTER, "Transfer-Encoding: chunked\r\n\r\n", "Content-Length: 70000\r\n\r\n" + "x".repeat(70_000)
        }) {
            String answer = relay.answer(GET, large + body);
            assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 502 "), answer);
        }
        Until.true_(() -> relay.site.site().gate().snapshot().inFlight() == 0);
        String ok = "200 \r\nDate: d\r\nContent-Length: 2\r\n\r\nok";
        assertEquals("HTTP/1.1 " + ok, relay.answer(GET, "HTTP/1.1 " + ok));
    }

    /**
     * Tomcat had prepared how to write the body, and wrote that of our own answer so: in chunks, or, after 204 and 304, not at all. And
     * the client went on to wait for it.
     */
    @Test
    void whatIsSaidInItsPlaceComesToAnEnd() throws Exception {
        String large = "X-Large: " + "y".repeat(9000) + "\r\n";
        for (String head : new String[] {
            "204 No Content\r\n",
            "304 Not Modified\r\n",
            "200 OK\r\nContent-Length: 0\r\n",
            "200 OK\r\nContent-Length: 10\r\n",
            "200 OK\r\nTransfer-Encoding: chunked\r\n"
        }) {
            try (Wire client = relay.site.client()) {
                client.send(GET);
                try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                    arrived.connection().send("HTTP/1.1 " + head + large + "\r\n");
                    String answer = client.readToEnd();
                    boolean bodyless =
                            answer.startsWith("HTTP/1.1 502 ") && answer.contains("\r\nContent-Length: 0\r\n");
                    assertTrue(answer.isEmpty() || bodyless, answer);
                }
            }
        }
    }
}
