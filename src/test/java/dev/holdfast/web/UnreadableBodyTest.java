package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.Filter;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A filter of somebody else's that gives us a body to which nobody can listen. */
class UnreadableBodyTest {
    private static final class NoListener extends ServletInputStream {
        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("somebody listens already");
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public boolean isFinished() {
            return false;
        }

        @Override
        public int read() {
            return -1;
        }
    }

    private static final Filter FILTER = (request, response, chain) -> chain.doFilter(
            new HttpServletRequestWrapper((HttpServletRequest) request) {
                @Override
                public ServletInputStream getInputStream() {
                    return new NoListener();
                }
            },
            response);

    /** The request was ended for us, and never for the client and the container. */
    @Test
    void theClientIsAnsweredAndTheUpstreamSeesAnAbort() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.behind(FILTER, upstream.port())) {
            try (Wire client = site.client()) {
                client.send("PUT / HTTP/1.1\r\nHost: site\r\nContent-Length: 3\r\n\r\nabc");
                try (Wire arrived = upstream.accept()) {
                    assertAborted(arrived);
                    assertTrue(client.readResponse().startsWith("HTTP/1.1 500 "));
                }
            }
            try (H2Wire client = new H2Wire(site.port())) {
                int stream = client.request("PUT", "/", false, "content-length", "3");
                client.data(stream, "abc", true);
                try (Wire arrived = upstream.accept()) {
                    assertAborted(arrived);
                    assertTrue(client.readResponse(stream).fields().startsWith(":status: 500\n"));
                }
            }
            Until.true_(() -> site.site().gate().snapshot().inFlight() == 0);
            assertTrue(site.site().upstream().awaitIdle(java.time.Duration.ofSeconds(5)));
        }
    }

    /** The reset may overtake the head. */
    private static void assertAborted(Wire arrived) throws IOException {
        String all = arrived.readToEnd();
        assertTrue(all.endsWith("<reset>"), all);
    }
}
