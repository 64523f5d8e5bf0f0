package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Of what can be read in two ways, at most one request reaches the upstream, and it can be read in one way only. */
class Rfc9112Section11SmugglingTest {
    /** What somebody would like to get past us, behind or inside of a body. */
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: site\r\n\r\n";

    private static Relay relay;

    @BeforeAll
    static void start() throws Exception {
        relay = new Relay();
    }

    @AfterEach
    void forget() throws Exception {
        relay.forget();
    }

    @AfterAll
    static void stop() throws Exception {
        relay.close();
    }

    private static int refuse(String fields) throws Exception {
        return relay.refuse("POST / HTTP/1.1\r\nHost: site\r\n" + fields + "\r\n" + SMUGGLED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 3\r\nContent-Length: 3\r\n",
                "Content-Length: 3\r\nContent-Length: 40\r\n",
                "Content-Length: 3, 3\r\n",
                "Content-Length: 3,40\r\n",
                "Content-Length: +3\r\n",
                "Content-Length: -3\r\n",
                "Content-Length: 0x3\r\n",
                "Content-Length: 3 3\r\n",
                "Content-Length: 3;\r\n",
                "Content-Length: \"3\"\r\n",
                "Content-Length: 9223372036854775808\r\n",
                "Content-Length: 18446744073709551619\r\n",
                "Content-Length: \u00b3\r\n",
                "Content-Length:\r\n",
                "Transfer-Encoding: chunked, chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked, identity\r\n",
                "Transfer-Encoding: chunked;q=1\r\n",
                "Transfer-Encoding: \"chunked\"\r\n",
                "Transfer-Encoding : chunked\r\n",
                "Content-Length : 3\r\n",
                " Content-Length: 3\r\n",
                "Content Length: 3\r\n",
                "Content-Length\u0000: 3\r\n",
                "Content-Length: 3\u0000\r\n",
                "X-A: a\u0000b\r\n",
                "X-A: a\u0001b\r\n",
                "X-A: a\rContent-Length: 3\r\n",
                "X-A\rb: a\r\n",
                "X-\u00c4: a\r\n",
                "X-A\r\n",
                ": a\r\n",
                "Host: other\r\n",
                "Transfer-Encoding: \u000bchunked\r\n",
                "Transfer-Encoding:\u000c chunked\r\n"
            })
    void theContainerRefuses(String fields) throws Exception {
        assertEquals(400, refuse(fields));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding: identity\r\n",
                "Transfer-Encoding: identity\r\nContent-Length: 3\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding: chunked-x\r\n",
                "Transfer-Encoding: cow\r\nContent-Length: 3\r\n"
            })
    void theContainerDoesNotKnow(String fields) throws Exception {
        assertEquals(501, refuse(fields));
    }

    /** It drops the length, reads chunks, and closes the connection. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
                "transfer-encoding: CHUNKED\r\nContent-Length: 0\r\n",
                "Transfer-Encoding:\tchunked \r\nContent-Length: 3\r\n"
            })
    void ofLengthAndChunksTheUpstreamSeesChunks(String fields) throws Exception {
        try (Wire client = relay.site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\n" + fields + "\r\n3\r\nabc\r\n0\r\n\r\n" + SMUGGLED);

            Relay.Seen seen = relay.answer();

            assertEquals("Host: site\r\nTransfer-Encoding: chunked\r\n", seen.fields());
            assertEquals("3\r\nabc\r\n0\r\n\r\n", seen.body());
            String response = client.readToEnd();
            assertTrue(response.startsWith("HTTP/1.1 200 ") && response.endsWith("ok"), response);
        }
        assertEquals("GET /next HTTP/1.1", next());
    }

    /** RFC 9112, section 6.1: framed in a way that somebody on the way may not have understood. */
    @ParameterizedTest
    @ValueSource(strings = {"", "Connection: keep-alive\r\n", "Content-Length: 3\r\n"})
    void chunksInHttp10AreRefused(String fields) throws Exception {
        assertEquals(
                400,
                relay.refuse("POST / HTTP/1.0\r\nHost: site\r\n" + fields
                        + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + SMUGGLED));
    }

    /** Each is one request to the container; to the upstream it is, too. */
    @ParameterizedTest
    @CsvSource({
        "'X-A: a\r\n b: c\r\n', 'X-A: a b: c'",
        "'X-A: a\r\n\tContent-Length: 3\r\n', 'X-A: a\tContent-Length: 3'",
        "'X-A: a\nX-B: b\r\n', 'X-A: a\r\nX-B: b'",
        "'Content-Length: 0\nX-B: b\n', 'Content-Length: 0\r\nX-B: b'",
        "'Content-Length: 00\r\n', 'Content-Length: 0'",
        "'Content-Length: 000\r\nX-B: b\r\n', 'Content-Length: 0\r\nX-B: b'"
    })
    void whatIsLeftToInterpretationIsMadePlain(String fields, String plain) throws Exception {
        try (Wire client = relay.site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\n" + fields + "\r\n");

            Relay.Seen seen = relay.answer();

            assertEquals("Host: site\r\n" + plain + "\r\n", seen.fields());
            assertTrue(client.readResponse().endsWith("ok"));
            client.send("GET /second HTTP/1.1\r\nHost: site\r\n\r\n");
            assertEquals("GET /second HTTP/1.1", relay.answer().line());
            assertTrue(client.readResponse().endsWith("ok"));
        }
    }

    @Test
    void aLengthWithZerosInFrontIsSaidWithout() throws Exception {
        Relay.Seen seen = relay.pass("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 010\r\n\r\n0123456789");

        assertEquals("Host: site\r\nContent-Length: 10\r\n", seen.fields());
        assertEquals("0123456789", seen.body());
    }

    /** Chunks that are none: what came before has arrived, what came after has not, and there is no end that looks like one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\r\nabc\r\n0\r\n\r\n",
                "-1\r\na\r\n0\r\n\r\n",
                "0x1\r\na\r\n0\r\n\r\n",
                "+1\r\na\r\n0\r\n\r\n",
                "3 3\r\nabc\r\n0\r\n\r\n",
                "3\r\nabcd\r\n0\r\n\r\n",
                "3\r\nabc0\r\n\r\n",
                "100000000\r\nabc\r\n0\r\n\r\n",
                "FFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n",
                "10000000000000003\r\nabc\r\n0\r\n\r\n",
                "\r\n0\r\n\r\n",
                "3\u0000\r\nabc\r\n0\r\n\r\n"
            })
    void aBrokenChunkIsNoEnd(String broken) throws Exception {
        try (Wire client = relay.site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                assertEquals("5\r\nhello\r\n", arrived.connection().read(10));
                client.send(broken + SMUGGLED);
                String rest = arrived.connection().readToEnd();
                assertFalse(rest.contains("0\r\n\r\n"), rest);
                assertTrue(rest.endsWith("<reset>"), rest);
            }
            String response = client.readToEnd();
            assertFalse(response.startsWith("HTTP/1.1 2"), response);
        }
        assertEquals("GET /next HTTP/1.1", next());
    }

    private static String next() throws Exception {
        return relay.pass("GET /next HTTP/1.1\r\nHost: site\r\n\r\n").line();
    }
}
