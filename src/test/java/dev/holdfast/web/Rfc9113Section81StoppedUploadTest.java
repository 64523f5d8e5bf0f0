package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.Filter;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * An upload that an early answer has stopped, and that ends in the moment in which we look whether it has. When Tomcat has said that
 * nothing is there it tells of what comes by a call; who learns it without, and completes, may do so just when Tomcat begins that
 * call, which it takes for an error: it closed the connection with all its streams, for one such upload in 150.
 */
class Rfc9113Section81StoppedUploadTest {
    /** Notes what is asked: F for isFinished(), R or r for isReady() that is true or false, C for a call to the listener. */
    private static final class Noted extends OtherInput {
        private final StringBuffer notes;

        Noted(ServletInputStream tomcat, StringBuffer notes) {
            super(tomcat);
            this.notes = notes;
        }

        @Override
        public boolean isFinished() {
            notes.append('F');
            return tomcat.isFinished();
        }

        @Override
        public boolean isReady() {
            boolean ready = tomcat.isReady();
            notes.append(ready ? 'R' : 'r');
            return ready;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            tomcat.setReadListener(new ReadListener() {
                @Override
                public void onDataAvailable() throws IOException {
                    notes.append('C');
                    listener.onDataAvailable();
                }

                @Override
                public void onAllDataRead() throws IOException {
                    notes.append('C');
                    listener.onAllDataRead();
                }

                @Override
                public void onError(Throwable cause) {
                    listener.onError(cause);
                }
            });
        }
    }

    private final StringBuffer notes = new StringBuffer();

    private final Filter filter = OtherInput.filter(in -> new Noted(in, notes));

    @Test
    void isNotAskedWhetherItHasEndedBeforeTomcatSaysSo() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.behind(filter, upstream.port());
                H2Wire client = new H2Wire(site.port())) {
            int stream = client.request("POST", "/", false, "content-length", "100000");
            client.data(stream, "abc", false);
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                assertEquals("abc", arrived.connection().read(3));
                Until.true_(() -> notes.charAt(notes.length() - 1) == 'r');
                notes.setLength(0);
                arrived.connection().send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
                assertEquals(H2Wire.HEADERS, client.readContent(stream).type());
                assertEquals("big", client.readContent(stream).text());
                client.data(stream, "x".repeat(9_000), false);
                Until.true_(() -> notes.toString().matches(".*R.*r"));
                client.data(stream, "", true);
                assertTrue(client.readContent(stream).ends());
                assertFalse(notes.indexOf("rF") >= 0, notes.toString());
            }
        }
    }
}
