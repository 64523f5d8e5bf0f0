package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What concerns the client's connection stays there, and nothing else does. */
class Rfc9110Section76HopByHopTest {
    private static Relay relay;

    @BeforeAll
    static void start() throws Exception {
        relay = new Relay();
    }

    @AfterAll
    static void stop() throws Exception {
        relay.close();
    }

    private static Relay.Seen pass(String fields) throws Exception {
        return relay.pass("GET / HTTP/1.1\r\nHost: site\r\n" + fields + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Keep-Alive: timeout=5",
                "KEEP-alive: max=1",
                "Proxy-Connection: keep-alive",
                "Proxy-Authenticate: Basic",
                "Proxy-Authorization: Basic eA==",
                "Connection: keep-alive",
                "connection: Close",
                "TE: gzip",
                "Trailer: X-A",
                "Upgrade: foo/1",
                "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"
            })
    void whatConcernsTheConnectionStaysBehind(String field) throws Exception {
        assertEquals("Host: site\r\nX-A: 1\r\n", pass(field + "\r\nX-A: 1\r\n").fields());
    }

    @Test
    void soDoesWhatConnectionNames() throws Exception {
        Relay.Seen seen = pass("X-A: 1\r\n"
                + "Connection: x-A,,\tX-B ,close\r\n"
                + "X-b: 1\r\n"
                + "CONNECTION: \"x-d\", x-C\r\n"
                + "x-c: 1\r\n"
                + "Connection:\r\n"
                + "X-D: 1\r\n"
                + "X-AB: 1\r\n");

        assertEquals("Host: site\r\nX-D: 1\r\nX-AB: 1\r\n", seen.fields());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host",
                "host",
                "Via",
                "X-Forwarded-For",
                "x-forwarded-for",
                "X-Forwarded-Host",
                "X-Forwarded-Proto",
                "X-Forwarded-Port"
            })
    void aClientCannotTakeAwayWhatTheProxyAdds(String name) throws Exception {
        String head =
                pass("Connection: close, " + name + "\r\nVia: 1.1 other\r\n").head();

        assertEquals(
                "GET / HTTP/1.1\r\nHost: site\r\nVia: 1.1 other\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: site\r\n"
                        + "X-Forwarded-Proto: http\r\nX-Forwarded-Port: 80\r\nVia: 1.1 holdfast\r\n\r\n",
                head);
    }

    @Test
    void norForwarded() throws Exception {
        try (Relay both = new Relay("forwardedHeaders", "forwarded", "trustedProxies", "127.0.0.1")) {
            Relay.Seen seen = both.pass(
                    "GET / HTTP/1.1\r\nHost: site\r\nConnection: Forwarded\r\nForwarded: for=192.0.2.1\r\n\r\n");

            assertTrue(seen.has("Forwarded: for=192.0.2.1, for=127.0.0.1;host=\"site\";proto=http"), seen.head());
        }
    }

    /** The body was dropped with its length. */
    @Test
    void norTheBody() throws Exception {
        Relay.Seen seen = relay.pass(
                "POST / HTTP/1.1\r\nHost: site\r\nConnection: Content-Length\r\nContent-Length: 3\r\n\r\nabc");
        assertTrue(seen.has("Content-Length: 3"), seen.head());
        assertEquals("abc", seen.body());

        seen = relay.pass(
                "POST / HTTP/1.1\r\nHost: site\r\nConnection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "3\r\nabc\r\n0\r\n\r\n");
        assertEquals("3\r\nabc\r\n0\r\n\r\n", seen.body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TE: trailers\r\nConnection: TE\r\n",
                "Connection: te\r\nte: gzip;q=0.5 , Trailers\r\n",
                "TE: deflate\r\nTE: trailers\r\n"
            })
    void thatTrailersAreWelcomeIsSaidToTheUpstreamToo(String fields) throws Exception {
        assertEquals(
                "Host: site\r\nConnection: TE\r\nTE: trailers\r\n", pass(fields).fields());
    }

    @Test
    void viaIsAddedToThoseBefore() throws Exception {
        String head =
                pass("Via: 1.0 fred, 1.1 p.example\r\nX-A: 1\r\nvia: 1.1 q\r\n").head();

        assertTrue(head.contains("\r\nVia: 1.0 fred, 1.1 p.example\r\nVia: 1.1 q\r\nX-A: 1\r\n"), head);
        assertTrue(head.endsWith("\r\nVia: 1.1 holdfast\r\n\r\n"), head);
    }

    @Test
    void forwardedFieldsThatOnlyLookLikeItAreReplacedToo() throws Exception {
        String head = pass("X_Forwarded_For: 192.0.2.1\r\nx-forwarded_proto: https\r\nX_Other: 1\r\n")
                .head();

        assertFalse(head.contains("192.0.2.1"), head);
        assertFalse(head.contains("https"), head);
        assertTrue(head.contains("\r\nX_Other: 1\r\n"), head);
    }
}
