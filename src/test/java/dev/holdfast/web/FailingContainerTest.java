package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.Filter;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The container lets us not read, or not write, though the client is there: whom nothing may look like a whole answer. */
class FailingContainerTest {
    private static final class Unreadable extends OtherInput {
        Unreadable(ServletInputStream tomcat) {
            super(tomcat);
        }

        @Override
        public int read() {
            throw new IllegalStateException("not ready");
        }

        @Override
        public int read(byte[] piece, int offset, int length) {
            return read();
        }
    }

    private static final class Unwritable extends ServletOutputStream {
        private final ServletOutputStream tomcat;

        Unwritable(ServletOutputStream tomcat) {
            this.tomcat = tomcat;
        }

        @Override
        public boolean isReady() {
            return tomcat.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            tomcat.setWriteListener(listener);
        }

        @Override
        public void write(int b) throws IOException {
            tomcat.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (new String(bytes, offset, length, StandardCharsets.ISO_8859_1).contains("second")) {
                throw new IllegalStateException("not ready");
            }
            tomcat.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            tomcat.flush();
        }
    }

    private static final Filter UNREADABLE = OtherInput.filter(Unreadable::new);

    private static final Filter UNWRITABLE = (request, response, chain) -> {
        ServletOutputStream out = new Unwritable(response.getOutputStream());
        chain.doFilter(request, new HttpServletResponseWrapper((HttpServletResponse) response) {
            @Override
            public ServletOutputStream getOutputStream() {
                return out;
            }
        });
    };

    @Test
    void anUploadThatCannotBeReadIsNoSuccessOverHttp2() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.behind(UNREADABLE, upstream.port());
                H2Wire client = new H2Wire(site.port())) {
            int stream = client.request("POST", "/", false, "content-length", "10");
            client.data(stream, "abc", false);
            String fields = client.readResponse(stream).fields();
            assertFalse(fields.contains(":status: 200"), fields);
        }
    }

    @Test
    void anUploadThatCannotBeReadIsNoSuccessOverHttp11() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.behind(UNREADABLE, upstream.port());
                Wire client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 10\r\n\r\nabc");
            String answer = client.readToEnd();
            assertFalse(answer.startsWith("HTTP/1.1 200"), answer);
        }
    }

    @Test
    void anAnswerThatCannotBeWrittenOnIsCutOverHttp2() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.behind(UNWRITABLE, upstream.port());
                H2Wire client = new H2Wire(site.port())) {
            int stream = client.get("/");
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
                assertEquals(H2Wire.HEADERS, client.readContent(stream).type());
                assertEquals("first", client.readContent(stream).text());
                arrived.connection().send("6\r\nsecond\r\n");
                assertEquals(H2Wire.RST_STREAM, client.readContent(stream).type());
            }
        }
    }

    @Test
    void anAnswerThatCannotBeWrittenOnIsCutOverHttp11() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.behind(UNWRITABLE, upstream.port());
                Wire client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: site\r\n\r\n");
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
                assertTrue(client.readHead().startsWith("HTTP/1.1 200"));
                assertEquals("5\r\nfirst\r\n", client.read(10));
                arrived.connection().send("6\r\nsecond\r\n");
                String rest = client.readToEnd();
                assertTrue(rest.isEmpty() || rest.equals("<reset>"), rest);
            }
        }
    }
}
