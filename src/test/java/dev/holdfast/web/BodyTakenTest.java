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

    private static void assertSaid(H2Wire.Response response) {
        assertTrue(response.fields().startsWith(":status: 500\n"), response.fields());
        assertTrue(response.body().contains("A filter before Holdfast has read the request's body"), response.body());
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

    /** HTTP/2 needs no length: the request looked like one without a body, and the upstream got an empty form. */
    @Test
    void aFormThatWasReadForItsParametersIsNotPassedOnOverHttp2Either() throws Exception {
        try (Relay relay = behind(request -> {
                    request.getParameter("a");
                    return request;
                });
                H2Wire client = new H2Wire(relay.site.port())) {
            int form = client.request("POST", "/", false, "content-type", "application/x-www-form-urlencoded");
            client.data(form, "a=b", true);

            assertSaid(client.readResponse(form));

            int get = client.get("/next?a=b", "content-type", "application/x-www-form-urlencoded");
            assertEquals("GET /next?a=b HTTP/1.1", relay.answer().line(), "which has no body to be read");
            assertEquals("ok", client.readResponse(get).body());
        }
    }

    /**
     * The upstream would take the next request on the connection for the rest of the first. Of the others it got what was left, and
     * that looked whole.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 6\r\n\r\nabcdef",
                "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
            })
    void aBodyOfWhichAPartWasReadIsNotPassedOn(String body) throws Exception {
        try (Relay relay = behind(BodyTakenTest::readOne);
                Wire client = relay.site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\n" + body);
            assertSaid(client.readToEnd(), "the request's body");
            assertEquals("GET /next HTTP/1.1", relay.pass(GET).line());
            Until.true_(() -> relay.site.site().gate().snapshot().inFlight() == 0);
        }
    }

    @Test
    void aBodyOfWhichAPartWasReadIsNotPassedOnOverHttp2Either() throws Exception {
        try (Relay relay = behind(BodyTakenTest::readOne);
                H2Wire client = new H2Wire(relay.site.port())) {
            for (boolean whole : new boolean[] {true, false}) {
                int stream = client.request("POST", "/", false);
                client.data(stream, "abc", whole);
                assertSaid(client.readResponse(stream));
            }
            assertEquals("GET /next HTTP/1.1", relay.pass(GET).line());
        }
    }

    @Test
    void aBodyThatAFilterHasReadAndGivesUsAgainIsPassedOn() throws Exception {
        try (Relay relay = behind(request -> {
            boolean read = request.getInputStream().read() == 'l';
            return read ? new Replaced(request, true) : request;
        })) {
            assertEquals(
                    "longer",
                    relay.pass("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 6\r\n\r\nlonger")
                            .body());
        }
    }

    private static HttpServletRequest readOne(HttpServletRequest request) throws IOException {
        if (request.getMethod().equals("POST")) {
            request.getInputStream().read();
        }
        return request;
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
