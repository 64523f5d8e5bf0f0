package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a filter before us makes of a request is no more trusted than a client: what no container would let in is refused. */
class WrappedRequestTest {
    /** Says of itself what the test says; null for what the client said. */
    private static final class Changed extends HttpServletRequestWrapper {
        Changed(HttpServletRequest request) {
            super(request);
        }

        @Override
        public String getMethod() {
            return method == null ? super.getMethod() : method;
        }

        @Override
        public String getRequestURI() {
            return path == null ? super.getRequestURI() : path;
        }

        @Override
        public String getQueryString() {
            return query == null ? super.getQueryString() : query;
        }

        @Override
        public String getProtocol() {
            return protocol == null ? super.getProtocol() : protocol;
        }
    }

    private static volatile String method;
    private static volatile String path;
    private static volatile String query;
    private static volatile String protocol;

    private static Relay relay;

    @BeforeAll
    static void start() throws Exception {
        relay = new Relay((connector, context) -> TestSite.addFilter(
                context,
                (request, response, chain) -> chain.doFilter(new Changed((HttpServletRequest) request), response)));
    }

    @AfterEach
    void forget() throws Exception {
        change("", null);
        relay.forget();
    }

    @AfterAll
    static void stop() throws Exception {
        relay.close();
    }

    private static void change(String what, String value) {
        method = what.equals("method") ? value : null;
        path = what.equals("path") ? value : null;
        query = what.equals("query") ? value : null;
        protocol = what.equals("protocol") ? value : null;
    }

    @ParameterizedTest
    @CsvSource({
        "method, ''",
        "method, 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\nGET'",
        "method, 'G T'",
        "method, G(T",
        "method, G\u00c4T",
        "path, ''",
        "path, a",
        "path, http://other/",
        "path, '/a b'",
        "path, '/a HTTP/1.1\r\nHost: a\r\n\r\nGET /smuggled'",
        "path, '/a\nb'",
        "path, /a#b",
        "path, /a\u0000b",
        "path, /\u0100",
        "query, 'a b'",
        "query, 'a HTTP/1.1\r\nX-A: b'",
        "query, a#b",
        "query, a\u007fb",
        "protocol, HTTP/0.9",
        "protocol, ''"
    })
    void isRefusedWhereItIsNoHttp(String what, String value) throws Exception {
        String answer;
        try (Wire client = relay.site.client()) {
            change(what, value);
            client.send("GET / HTTP/1.1\r\nHost: site\r\n\r\n");
            answer = client.readResponse();
        }
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertEquals(0, relay.site.gate().snapshot().inFlight());
        change("", null);
        assertEquals(
                "GET /next HTTP/1.1",
                relay.pass("GET /next HTTP/1.1\r\nHost: site\r\n\r\n").line());
    }

    @Test
    void isForwardedWhereItIs() throws Exception {
        change("method", "PURGE");
        assertEquals(
                "PURGE /a HTTP/1.1",
                relay.pass("GET /a HTTP/1.1\r\nHost: site\r\n\r\n").line());
        change("path", "/%E4;b//c");
        assertEquals(
                "GET /%E4;b//c?q HTTP/1.1",
                relay.pass("GET /a?q HTTP/1.1\r\nHost: site\r\n\r\n").line());
        change("query", "b=c??");
        assertEquals(
                "GET /a?b=c?? HTTP/1.1",
                relay.pass("GET /a HTTP/1.1\r\nHost: site\r\n\r\n").line());
    }
}
