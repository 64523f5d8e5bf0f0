package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Method and target reach the upstream as they were sent, held or not. */
class Rfc9112Section3RequestLineTest {
    private static final String RAW = "\"<>[\\]^`{|}";

    private static Relay relay;

    @BeforeAll
    static void start() throws Exception {
        relay = new Relay((connector, context) -> {
            connector.setProperty("relaxedPathChars", RAW);
            connector.setProperty("relaxedQueryChars", RAW);
            connector.setAllowTrace(true);
        });
    }

    @AfterAll
    static void stop() throws Exception {
        relay.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "//",
                "//a//b",
                "/./a",
                "/a/../b",
                "/a/..;x/b",
                "/a;jsessionid=1;p=2/b",
                "/a%2Fb%2f",
                "/a%2F..%2Fb",
                "/a%20b+c",
                "/%41",
                "/%E2%82%AC",
                "/a?",
                "/a??",
                "/a?b?c=d&&=&e",
                "/a?q=%00%zz%",
                "/?a=http://b/c",
                "/a?x[]=1|2",
                "/{a}|b",
                "/~!$&'()*+,;=:@"
            })
    void theTargetIsPassedByteForByteHeldOrNot(String target) throws Exception {
        assertEquals(
                "GET " + target + " HTTP/1.1",
                relay.passAndHold("GET " + target + " HTTP/1.1\r\nHost: site\r\n\r\n")
                        .line());
    }

    @Test
    void aTargetOf7KilobytesIsPassed() throws Exception {
        String target = "/" + "a".repeat(3500) + "?" + "b".repeat(3500);

        assertEquals(
                "GET " + target + " HTTP/1.1",
                relay.pass("GET " + target + " HTTP/1.1\r\nHost: site\r\n\r\n").line());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "/../a",
                "/a\u0001",
                "/a\u00e9",
                "/a#b",
                "/a\u007f",
                "/%zz",
                "/%00",
                "ftp://site/",
                "http://other/",
                "site:80",
                "?a"
            })
    void aTargetThatIsNoneIsRefusedByTheContainer(String target) throws Exception {
        assertEquals(400, relay.refuse("GET " + target + " HTTP/1.1\r\nHost: site\r\n\r\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://site/a//b?c", "HTTP://site/a//b?c", "http://user@site/a//b?c"})
    void ofAnAbsoluteTargetPathAndQueryArePassed(String target) throws Exception {
        Relay.Seen seen = relay.passAndHold("GET " + target + " HTTP/1.1\r\nHost: site\r\n\r\n");

        assertEquals("GET /a//b?c HTTP/1.1", seen.line());
        assertTrue(seen.has("Host: site"), seen.head());
    }

    @Test
    void anAbsoluteTargetWithoutPathIsTheRoot() throws Exception {
        assertEquals(
                "GET / HTTP/1.1",
                relay.pass("GET http://site HTTP/1.1\r\nHost: site\r\n\r\n").line());
        assertEquals(
                "GET /?a HTTP/1.1",
                relay.pass("GET http://site?a HTTP/1.1\r\nHost: site\r\n\r\n").line());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET",
                "POST",
                "PUT",
                "PATCH",
                "DELETE",
                "OPTIONS",
                "TRACE",
                "PROPFIND",
                "PURGE",
                "QUERY",
                "get",
                "Get",
                "X",
                "M-SEARCH",
                "!#$%&'*+-.^_`|~09"
            })
    void everyMethodIsPassedHeldOrNot(String method) throws Exception {
        assertEquals(
                method + " /a HTTP/1.1",
                relay.passAndHold(method + " /a HTTP/1.1\r\nHost: site\r\n\r\n").line());
    }

    @ParameterizedTest
    @ValueSource(strings = {"G(T", "G@T", "G\u00e9T", "\"GET\""})
    void aMethodThatIsNoTokenIsRefusedByTheContainer(String method) throws Exception {
        assertEquals(400, relay.refuse(method + " / HTTP/1.1\r\nHost: site\r\n\r\n"));
    }

    @Test
    void theContainerDecidesOnConnect() throws Exception {
        assertEquals(501, relay.refuse("CONNECT site:80 HTTP/1.1\r\nHost: site:80\r\n\r\n"));
        assertEquals(501, relay.refuse("CONNECT / HTTP/1.1\r\nHost: site\r\n\r\n"));
    }

    /** Tomcat does that before it looks for an application, valves included. */
    @Test
    void theContainerAnswersOptionsForTheWholeServer() throws Exception {
        try (Wire client = relay.site.client()) {
            client.send("OPTIONS * HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n");

            String response = client.readToEnd();

            assertTrue(response.startsWith("HTTP/1.1 200 "), response);
            assertTrue(response.contains("\r\nAllow: GET, HEAD, POST, PUT, DELETE, OPTIONS"), response);
        }
    }

    @Test
    void traceIsPassedOnlyWhereTheConnectorAllowsIt() throws Exception {
        try (Relay strict = new Relay();
                Wire client = strict.site.client()) {
            client.send("TRACE / HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n");

            assertTrue(client.readToEnd().startsWith("HTTP/1.1 405 "));
        }
    }

    @Test
    void aRequestWithoutVersionIsRefused() throws Exception {
        try (Wire client = relay.site.client()) {
            client.send("GET /a\r\n\r\n");

            String response = client.readToEnd();

            assertTrue(response.contains("\"status\":400") || response.contains("\"status\": 400"), response);
        }
        assertEquals(505, relay.refuse("GET / HTTP/1.2\r\nHost: site\r\n\r\n"));
        assertEquals(505, relay.refuse("GET / HTTP/2.0\r\nHost: site\r\n\r\n"));
    }
}
