package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields reach the upstream as they were sent. */
class Rfc9110Section5FieldsTest {
    private static Relay relay;

    @BeforeAll
    static void start() throws Exception {
        relay = new Relay((connector, context) -> {
            connector.setProperty("maxHttpRequestHeaderSize", "131072");
            connector.setProperty("maxHeaderCount", "1000");
        });
    }

    @AfterAll
    static void stop() throws Exception {
        relay.close();
    }

    /** Sends the fields, and asserts that just these arrive. */
    private static void assertPassed(String fields) throws Exception {
        assertEquals(fields, relay.pass("GET / HTTP/1.1\r\n" + fields + "\r\n").fields());
    }

    @Test
    void orderCaseAndRepeatsAreKept() throws Exception {
        assertPassed(
                "X-B: 2\r\nhOST: Site\r\nx-a: 1\r\nx-a: 0\r\nx-a: 1\r\nACCEPT: */*\r\nCookie: a=b\r\nCookie: c=d\r\n");
    }

    /** The Servlet API tells all values of a name at once; to HTTP it is the same (RFC 9110, section 5.3). */
    @Test
    void repeatsMoveToTheFirstOfTheirNameAndAreSpelledLikeIt() throws Exception {
        assertEquals(
                "Host: site\r\nA: 1\r\nA: 3\r\nB: 2\r\n",
                relay.pass("GET / HTTP/1.1\r\nHost: site\r\nA: 1\r\nB: 2\r\na: 3\r\n\r\n")
                        .fields());
    }

    @Test
    void emptyValuesAreKept() throws Exception {
        assertPassed("Host: site\r\nX-A: \r\nX-A: 1\r\nX-A: \r\n");
    }

    @Test
    void spaceAroundAValueIsNotPartOfIt() throws Exception {
        assertEquals(
                "Host: site\r\nX-A: b \tc\r\nX-B: \r\n",
                relay.pass("GET / HTTP/1.1\r\nHost:site\r\nX-A: \t b \tc \t\r\nX-B: \t \r\n\r\n")
                        .fields());
    }

    @Test
    void bytesAbove7fAreKept() throws Exception {
        StringBuilder all = new StringBuilder();
        for (char c = 0x80; c <= 0xff; c++) {
            all.append(c);
        }
        assertPassed("Host: site\r\nX-A: " + all + "\r\n");
    }

    @Test
    void everyCharacterOfATokenIsKeptInNames() throws Exception {
        assertPassed("Host: site\r\nX!#$%&'*+-.^_`|~09az: 1\r\n");
    }

    @Test
    void manyFieldsArePassed() throws Exception {
        StringBuilder fields = new StringBuilder("Host: site\r\n");
        for (int i = 1; i < 500; i++) {
            fields.append("X-").append(i).append(": ").append(i).append("\r\n");
        }
        assertPassed(fields.toString());
    }

    @Test
    void aHeadOf100KilobytesIsPassedWhereTheConnectorTakesIt() throws Exception {
        assertPassed("Host: site\r\nCookie: " + "c".repeat(100_000) + "\r\nX-A: 1\r\n");
    }

    @Test
    void byItselfTheConnectorTakes8Kilobytes() throws Exception {
        try (Relay plain = new Relay()) {
            StringBuilder hundred = new StringBuilder("Host: site\r\n");
            for (int i = 1; i < 100; i++) {
                hundred.append("X-").append(i).append(": 1\r\n");
            }
            assertEquals(
                    hundred.toString(),
                    plain.pass("GET / HTTP/1.1\r\n" + hundred + "\r\n").fields());
            String large = "Host: site\r\nX-A: " + "a".repeat(8100) + "\r\n";
            assertEquals(
                    large, plain.pass("GET / HTTP/1.1\r\n" + large + "\r\n").fields());

            assertEquals(400, plain.refuse("GET / HTTP/1.1\r\n" + hundred + "X-100: 1\r\n\r\n"));
            assertEquals(400, plain.refuse("GET / HTTP/1.1\r\nHost: site\r\nX-A: " + "a".repeat(8200) + "\r\n\r\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"site", "Site.Example", "site:80", "site:8080", "[::1]", "[2001:DB8::1]:443", "127.0.0.1:1", ""})
    void hostIsKeptAsItIs(String host) throws Exception {
        assertPassed("Host: " + host + "\r\n");
    }

    @Test
    void hostCanBeTheUpstreamsInstead() throws Exception {
        try (Relay own = new Relay("preserveHost", "false")) {
            Relay.Seen seen = own.pass("GET / HTTP/1.1\r\nX-A: 1\r\nHost: site:81\r\n\r\n");

            assertEquals("X-A: 1\r\nHost: 127.0.0.1:" + own.upstream.port() + "\r\n", seen.fields());
            assertTrue(seen.has("X-Forwarded-Host: site:81"), seen.head());
        }
    }

    @Test
    void http10MayComeWithoutHost() throws Exception {
        Relay.Seen seen = relay.pass("GET / HTTP/1.0\r\nX-A: 1\r\n\r\n");

        assertEquals("GET / HTTP/1.1", seen.line());
        assertTrue(
                seen.head().matches("(?s)GET / HTTP/1.1\r\nHost: [\\w.]+:" + relay.site.port() + "\r\nX-A: 1\r\n.*"));
        assertTrue(seen.has("Via: 1.0 holdfast"), seen.head());
    }
}
