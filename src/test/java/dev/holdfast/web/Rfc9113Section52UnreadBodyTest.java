package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.it.ReservedPort;
import jakarta.servlet.Filter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an upload took of the connection's window comes back, whoever it was that did not want it. */
class Rfc9113Section52UnreadBodyTest {
    private static final int WINDOW = 65_535;
    private static final String BODY = "x".repeat(15_000);

    private ScriptedUpstream upstream;
    private TestSite site;
    private H2Wire client;
    private int window = WINDOW;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
        site = TestSite.before(upstream.port());
        site.http2().setOverheadCountFactor(0);
        site.http2().setOverheadResetFactor(0); // else Tomcat takes some resets for an attack
        client = new H2Wire(site.port());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        site.close();
        upstream.close();
    }

    private int upload() throws IOException {
        int stream = client.request("POST", "/", false);
        client.data(stream, BODY, true);
        window -= BODY.length();
        return stream;
    }

    private H2Wire.Frame readUntil(Predicate<H2Wire.Frame> last) throws IOException {
        H2Wire.Frame frame;
        do {
            frame = client.readAny();
            assertTrue(frame.type() != H2Wire.GOAWAY, frame::text);
            if (frame.type() == H2Wire.WINDOW_UPDATE && frame.stream() == 0) {
                window += ByteBuffer.wrap(frame.payload()).getInt();
            }
        } while (!last.test(frame));
        return frame;
    }

    private void awaitWholeWindow() throws IOException {
        if (window < WINDOW) {
            readUntil(frame -> window == WINDOW);
        }
    }

    @Test
    void anAnswerThatNeedsNoBodyGivesItBack() throws Exception {
        for (int i = 0; i < 10; i++) {
            int stream = upload();
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().send("HTTP/1.1 413 x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
                readUntil(frame -> frame.stream() == stream && frame.ends());
            }
            awaitWholeWindow();
        }
    }

    @Test
    void anAnswerOfOurOwnGivesItBack() throws Exception {
        upstream.close();
        site.close();
        try (ReservedPort refusing = new ReservedPort()) {
            site = TestSite.before(refusing.number(), "maxHold", "50ms");
            site.http2().setOverheadCountFactor(0);
            client.close();
            client = new H2Wire(site.port());
            for (int i = 0; i < 10; i++) {
                int stream = upload();
                readUntil(frame -> frame.stream() == stream && frame.ends());
                awaitWholeWindow();
            }
        }
    }

    private int cancelledUpload() throws Exception {
        int stream = client.request("POST", "/", false);
        client.data(stream, BODY, false);
        window -= BODY.length();
        return stream;
    }

    @Test
    void aClientThatCancelsGetsItBack() throws Exception {
        for (int i = 0; i < 10; i++) {
            int stream = cancelledUpload();
            ScriptedUpstream.Arrived arrived = upstream.acceptRequest();
            client.reset(stream);
            awaitWholeWindow();
            arrived.connection().readToEnd(); // the upstream sees that the client has left
            arrived.close();
        }
    }

    /** Then Tomcat ends the request as if nothing was wrong. */
    @Test
    void aClientThatCancelsWhileItsRequestIsBeginningGetsItBack() throws Exception {
        Semaphore begun = new Semaphore(0);
        Semaphore cancelled = new Semaphore(0);
        Filter first = (request, response, chain) -> {
            begun.release();
            cancelled.acquireUninterruptibly();
            chain.doFilter(request, response);
        };
        site.close();
        site = TestSite.behind(first, upstream.port());
        site.http2().setOverheadCountFactor(0);
        site.http2().setOverheadResetFactor(0);
        client.close();
        client = new H2Wire(site.port());
        for (int i = 0; i < 10; i++) {
            int stream = cancelledUpload();
            begun.acquire();
            client.reset(stream);
            client.ping();
            readUntil(frame -> frame.type() == H2Wire.PING && (frame.flags() & 1) != 0); // so it has seen the reset
            cancelled.release();
            awaitWholeWindow();
        }
    }
}
