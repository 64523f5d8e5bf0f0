package dev.holdfast.web;

import static dev.holdfast.web.ResponseRelay.GET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The fields of the upstream's head, and no others, are those of the client's. */
class Rfc9110Section5ResponseFieldsTest {
    private static final String END = "Content-Length: 2\r\n\r\nok";

    private static ResponseRelay relay;

    @BeforeAll
    static void start() throws Exception {
        relay = new ResponseRelay();
    }

    @AfterAll
    static void stop() throws Exception {
        relay.close();
    }

    private static void goesThrough(String fields) throws Exception {
        assertEquals("HTTP/1.1 200 \r\n" + fields + END, relay.answer(GET, "HTTP/1.1 200 OK\r\n" + fields + END));
    }

    @Test
    void orderRepeatsCaseAndBytesStay() throws Exception {
        goesThrough(
                "sERVER: theirs/1 (x)\r\nX-B: 1\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nx-a: 2\r\nX-B: 3\r\nX-Empty: \r\n"
                        + "X-Latin: \u00e9\u0080\u00ff\r\nX-Tab: a\tb\r\nX-Spaces: a   b\r\nX_under.~!#$%&'*+-^`|: token\r\n"
                        + "Content-Language: en, fr\r\nContent-Disposition: attachment; filename=\"\u00c3\u00a9.txt\"\r\n");
    }

    @Test
    void everyCookieStaysAsItIs() throws Exception {
        goesThrough(
                "Date: d\r\nSet-Cookie: a=b; Path=/; SameSite=Lax; Partitioned\r\nSet-Cookie: a=b; Path=/; SameSite=Lax\r\n"
                        + "Set-Cookie: __Host-s=\"x y\"; Expires=Wed, 09 Jun 2021 10:18:14 GMT; HttpOnly\r\nSet-Cookie: broken\r\n");
    }

    @Test
    void aHundredFieldsArePassedOn() throws Exception {
        StringBuilder fields = new StringBuilder("Date: d\r\n");
        for (int i = 0; i < 100; i++) {
            fields.append("X-").append(i).append(": ").append("v".repeat(50)).append("\r\n");
        }
        goesThrough(fields.toString());
    }

    /** Section 7.6.1, and what Connection names. No Via: a gateway may leave it out of responses (section 7.6.3). */
    @Test
    void whatConcernsTheConnectionEndsHere() throws Exception {
        assertEquals(
                "HTTP/1.1 200 \r\nDate: d\r\nX-Stays: 1\r\nVia: 1.1 theirs\r\n" + END,
                relay.answer(
                        GET,
                        "HTTP/1.1 200 OK\r\nDate: d\r\nConnection: X-Hop , keep-alive\r\nconnection: x-other,,\r\nX-HOP: 1\r\n"
                                + "X-Other: 1\r\nKeep-Alive: timeout=5, max=9\r\nProxy-Connection: close\r\nUpgrade: h2c\r\n"
                                + "TE: x\r\nTrailer: X-T\r\nX-Stays: 1\r\nVia: 1.1 theirs\r\n" + END));
    }

    /** The container writes the charset its own way, last, and both fields after the others. */
    @Test
    void theContentTypeMeansTheSame() throws Exception {
        String[][] types = {
            {"text/html", "text/html"},
            {"text/html; charset=utf-8", "text/html;charset=utf-8"},
            {"Text/HTML;charset=\"UTF-8\"", "Text/HTML;charset=UTF-8"},
            {"text/x; charset=unheard-of; a=b", "text/x;a=b;charset=unheard-of"},
            {"multipart/form-data; boundary=\"a; b\"", "multipart/form-data; boundary=\"a; b\""},
            {"no type at all; charset", "no type at all; charset"},
        };
        for (String[] type : types) {
            assertEquals(
                    "HTTP/1.1 200 \r\nDate: d\r\nX-Last: 1\r\nContent-Type: " + type[1] + "\r\n" + END,
                    relay.answer(
                            GET, "HTTP/1.1 200 OK\r\nContent-Type: " + type[0] + "\r\nDate: d\r\nX-Last: 1\r\n" + END));
        }
    }

    /** Section 6.6.1: a Date is the container's to add where the upstream had no clock. Nothing else is. */
    @Test
    void nothingIsAddedButADate() throws Exception {
        String answer = relay.answer(GET, "HTTP/1.1 200 OK\r\n" + END);
        assertEquals(
                "HTTP/1.1 200 \r\nContent-Length: 2\r\nDate: *\r\n\r\nok",
                answer.replaceFirst("(?<=Date: )[^\r]+", "*"));
    }

    /** Our own answer begins with an empty head, whatever the upstream had said before it broke off. */
    @Test
    void nothingOfAnAnswerThatBrokeOffIsInOurs() throws Exception {
        for (String rest : new String[] {
            "X-Bad: a\0b\r\n" + END,
            "Transfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n5\r\nhello\r\nzz\r\n", // in one piece: nothing has left
        }) {
            String answer = relay.answer(
                    GET,
                    "HTTP/1.1 203 OK\r\nSet-Cookie: secret\r\nContent-Encoding: gzip\r\nContent-Type: text/upstream; charset=x\r\n"
                            + "Trailer: X\r\nContent-Language: xx\r\nETag: \"x\"\r\nWWW-Authenticate: x\r\nRetry-After: 9\r\n"
                            + rest);
            assertEquals("HTTP/1.1 502 ", answer.substring(0, answer.indexOf('\r')));
            for (String leaked :
                    new String[] {"secret", "gzip", "upstream", "Language", "ETag", "WWW-", "Retry-After", "Trailer"}) {
                assertFalse(answer.contains(leaked), answer);
            }
        }
    }
}
