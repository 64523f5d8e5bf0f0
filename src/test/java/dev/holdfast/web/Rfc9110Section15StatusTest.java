package dev.holdfast.web;

import static dev.holdfast.web.ResponseRelay.GET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statuses, those that say something and those that nobody knows. The container leaves the reason phrase out. */
class Rfc9110Section15StatusTest {
    private static ResponseRelay relay;

    @BeforeAll
    static void start() throws Exception {
        relay = new ResponseRelay();
    }

    @AfterAll
    static void stop() throws Exception {
        relay.close();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                200, 201, 202, 203, 207, 226, 299, 300, 301, 303, 307, 399, 401, 402, 403, 404, 409, 418, 422, 426, 429,
                451, 499, 502, 504, 507, 599
            })
    void anErrorPageOfTheUpstreamGoesThroughByteForByte(int status) throws Exception {
        String page = "Date: d\r\nContent-Type: text/html\r\nContent-Length: 18\r\n\r\n<h1>Not ours</h1>\n";
        assertEquals("HTTP/1.1 " + status + " \r\n" + page, relay.answer(GET, "HTTP/1.1 " + status + " X\r\n" + page));
        String empty = "Date: d\r\nContent-Length: 0\r\n\r\n";
        assertEquals(
                "HTTP/1.1 " + status + " \r\n" + empty, relay.answer(GET, "HTTP/1.1 " + status + " X\r\n" + empty));
    }

    /** Tomcat closes the connection after these, whoever answers. */
    @ParameterizedTest
    @ValueSource(ints = {400, 408, 411, 413, 414, 500, 501, 503})
    void anErrorAfterWhichTheContainerClosesGoesThroughToo(int status) throws Exception {
        String head = "Date: d\r\nRetry-After: 3\r\nContent-Length: ";
        assertEquals(
                "HTTP/1.1 " + status + " \r\n" + head + "4\r\nConnection: close\r\n\r\noops",
                relay.answer(GET, "HTTP/1.1 " + status + " X\r\n" + head + "4\r\n\r\noops"));
        assertEquals(
                "HTTP/1.1 " + status + " \r\n" + head + "0\r\nConnection: close\r\n\r\n",
                relay.answer(GET, "HTTP/1.1 " + status + " X\r\n" + head + "0\r\n\r\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"600", "999", "099", "000", "101", "20", "2000", "-20", "abc", ""})
    void whatIsNoFinalStatusIs502(String status) throws Exception {
        String answer = relay.answer(
                GET, "HTTP/1.1 " + status + " X\r\nDate: d\r\nX-Upstream: yes\r\nContent-Length: 2\r\n\r\nok");
        assertTrue(answer.startsWith("HTTP/1.1 502 "), answer);
        assertTrue(!answer.contains("X-Upstream"), answer);
    }

    @Test
    void theReasonMayBeMissing() throws Exception {
        String rest = "Date: d\r\nContent-Length: 2\r\n\r\nok";
        for (String line : new String[] {"HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.1 200 \u00e4 b\tc"}) {
            assertEquals("HTTP/1.1 200 \r\n" + rest, relay.answer(GET, line + "\r\n" + rest));
        }
    }

    @Test
    void redirectionsAreTheClients() throws Exception {
        for (String location : new String[] {"/a?b=%2F&c#d", "http://127.0.0.1:1/x", "//other/y", "..", ""}) {
            String head = "302 \r\nDate: d\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n";
            assertEquals("HTTP/1.1 " + head, relay.answer(GET, "HTTP/1.1 " + head));
        }
    }

    @Test
    void challengesAreTheClients() throws Exception {
        String www =
                "401 \r\nDate: d\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: Basic realm=\"a, b\", Digest nonce=\"c\"\r\n"
                        + "Content-Length: 0\r\n\r\n";
        assertEquals("HTTP/1.1 " + www, relay.answer(GET, "HTTP/1.1 " + www));
        // RFC 9110 §11.7.1: without the field the status means nothing, and we are nobody's proxy who could have asked
        String proxy = "407 \r\nDate: d\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n";
        assertEquals("HTTP/1.1 " + proxy, relay.answer(GET, "HTTP/1.1 " + proxy));
    }

    /** Section 15.2: interim responses may be left out, and the Servlet API cannot send them. */
    @Test
    void interimResponsesEndHereOverHttp11() throws Exception {
        String ok = "200 \r\nDate: d\r\nContent-Length: 2\r\n\r\nok";
        assertEquals(
                "HTTP/1.1 " + ok,
                relay.answer(
                        GET,
                        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
                                + "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nContent-Length: 3\r\n\r\n"
                                + "HTTP/1.1 199 Any\r\n\r\nHTTP/1.1 " + ok));
    }
}
