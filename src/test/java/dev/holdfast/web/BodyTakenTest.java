package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.Filter;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A filter before ours has been at the body: that is said, instead of waiting for what never comes. */
class BodyTakenTest {
    private static final String FORM =
            "POST / HTTP/1.1\r\nHost: site\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    private static final String GET = "GET /next HTTP/1.1\r\nHost: site\r\n\r\n";

    private interface Taker {
        ServletRequest take(HttpServletRequest request) throws IOException;
    }

    private static Relay behind(Taker taker) throws Exception {
        Filter filter =
                (request, response, chain) -> chain.doFilter(taker.take((HttpServletRequest) request), response);
        return new Relay((connector, context) -> TestSite.addFilter(context, filter));
    }

    private static void assertSaid(String response, String what) {
        assertTrue(response.startsWith("HTTP/1.1 500 "), response);
        assertTrue(response.contains("A filter before Holdfast has read " + what), response);
        assertTrue(response.contains("Let Holdfast's filter come first"), response);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 3\r\n\r\na=b", "Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n"})
    void aFormThatWasReadForItsParametersIsNotPassedOn(String body) throws Exception {
        try (Relay relay = behind(request -> {
                    request.getParameter("a");
                    return request;
                });
                Wire client = relay.site.client()) {
            client.send(FORM + body);

            assertSaid(client.readToEnd(), "the request's body");

            assertEquals("GET /next HTTP/1.1", relay.pass(GET).line());
            String plain = "POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 3\r\n\r\na=b";
            assertEquals("a=b", relay.pass(plain).body(), "which is no form, so nobody read it");
            Until.true_(() -> relay.site.site().gate().snapshot().inFlight() == 0);
        }
    }

    @Test
    void aReaderLeavesNothing() throws Exception {
        try (Relay relay = behind(request -> {
                    request.getReader();
                    return request;
                });
                Wire client = relay.site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 3\r\n\r\na=b");
            assertSaid(client.readToEnd(), "the request's body");
        }
    }

    /** The upstream would take the next request on the connection for the rest of this body. */
    @Test
    void aBodyOfWhichAPartWasReadIsNoWholeOne() throws Exception {
        try (Relay relay = behind(request -> {
                    if (request.getContentLength() > 0) {
                        request.getInputStream().read();
                    }
                    return request;
                });
                Wire client = relay.site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 3\r\n\r\na=b");
            try (Wire connection = relay.upstream.accept()) {
                String all = connection.readToEnd(); // perhaps not even the head: a reset overtakes what is unread
                assertTrue(all.endsWith("<reset>"), all);
            }
            assertSaid(client.readToEnd(), "or replaced a part of the request's body");
            assertEquals("GET /next HTTP/1.1", relay.pass(GET).line());
            Until.true_(() -> relay.site.site().gate().snapshot().inFlight() == 0);
        }
    }

    @Test
    void aBodyThatWasReplacedByALongerOneIsNotCutToItsLength() throws Exception {
        try (Relay relay = behind(request -> request.getContentLength() > 0 ? new Replaced(request, true) : request);
                Wire client = relay.site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 3\r\n\r\na=b");
            try (Wire connection = relay.upstream.accept()) {
                String all = connection.readToEnd(); // perhaps not even the head: a reset overtakes what is unread
                assertTrue(all.endsWith("<reset>"), all);
            }
            assertSaid(client.readToEnd(), "or replaced a part of the request's body");
        }
    }

    @Test
    void aStreamThatCannotTellWhenItIsReadyIsAFailure() throws Exception {
        try (Relay relay = behind(request -> request.getContentLength() > 0 ? new Replaced(request, false) : request);
                Wire client = relay.site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 3\r\n\r\na=b");

            assertSaid(client.readToEnd(), "or replaced a part of the request's body");
            Until.true_(() -> relay.site.site().gate().snapshot().inFlight() == 0);
        }
    }

    /** Reads longer than its Content-Length. */
    private static final class Replaced extends HttpServletRequestWrapper {
        private final boolean listens;

        Replaced(HttpServletRequest request, boolean listens) {
            super(request);
            this.listens = listens;
        }

        @Override
        public ServletInputStream getInputStream() {
            ByteArrayInputStream bytes = new ByteArrayInputStream("longer".getBytes());
            return new ServletInputStream() {
                @Override
                public int read() {
                    return bytes.read();
                }

                @Override
                public boolean isFinished() {
                    return bytes.available() == 0;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    if (!listens) {
                        throw new UnsupportedOperationException("no listener");
                    }
                }
            };
        }
    }
}
