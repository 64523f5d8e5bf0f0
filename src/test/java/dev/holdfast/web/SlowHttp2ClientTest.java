package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.AbstractProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An HTTP/2 client that opens its windows wide and reads nothing: Tomcat's writes to it block. Nobody else may notice. */
class SlowHttp2ClientTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    private static final int WIDE = 1 << 30;

    private ScriptedUpstream upstream;
    private TestSite site;
    private final List<Wire> flooding = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
        site = TestSite.before(upstream.port(), "responseTimeout", "30s");
        site.http2().setWriteTimeout(60_000); // so long does Tomcat block; by default 5 s
    }

    @AfterEach
    void stop() throws Exception {
        for (Wire connection : flooding) {
            connection.close();
        }
        site.close();
        upstream.close();
    }

    /** Returns when not a byte more goes to the client: the upstream cannot send any more. */
    private void flood(H2Wire slow, int streams) throws Exception {
        for (int i = 0; i < streams; i++) {
            slow.get("/" + i);
            Wire connection = upstream.acceptRequest().connection();
            flooding.add(connection);
            connection.socket().setSendBufferSize(64 * 1024);
            java.util.concurrent.atomic.AtomicLong sent = new java.util.concurrent.atomic.AtomicLong();
            CompletableFuture.runAsync(
                    () -> {
                        byte[] piece = new byte[64 * 1024];
                        try {
                            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
                            for (; ; ) {
                                connection.send(piece);
                                sent.addAndGet(piece.length);
                            }
                        } catch (java.io.IOException cut) {
                            sent.set(-1);
                        }
                    },
                    task -> new Thread(task, "flood").start());
            Until.true_(() -> sent.get() != 0);
            for (long before = -1; before != sent.get(); ) {
                before = sent.get();
                TimeUnit.MILLISECONDS.sleep(150); // that nothing happens is no event
            }
            assertTrue(sent.get() > 0, "cut too early");
        }
    }

    /** More streams than the container has threads: one at a time waits for the client. */
    @Test
    void doesNotTakeTheContainersThreadsHoweverManyStreamsItHas() throws Exception {
        AbstractProtocol<?> threads =
                (AbstractProtocol<?>) site.tomcat().getConnector().getProtocolHandler();
        threads.setMinSpareThreads(2);
        threads.setMaxThreads(6);
        try (H2Wire slow = new H2Wire(site.port(), WIDE, WIDE, 16 * 1024)) {
            flood(slow, 12);
            for (int i = 0; i < 3; i++) {
                othersAreAnswered();
            }
        }
    }

    private void othersAreAnswered() throws Exception {
        try (Wire other = site.client()) {
            other.send("GET /other HTTP/1.1\r\nHost: site\r\n\r\n");
            Wire connection = upstream.acceptRequest().connection();
            flooding.add(connection);
            connection.send(OK);
            assertTrue(other.readResponse().endsWith("ok"));
        }
    }

    /** The reactor thread wrote, and stood still for Tomcat's write timeout: with it all clients that it serves. */
    @Test
    void doesNotStopTheOthers() throws Exception {
        try (H2Wire slow = new H2Wire(site.port(), WIDE, WIDE, 16 * 1024)) {
            flood(slow, 3);

            long blocked = Thread.getAllStackTraces().entrySet().stream()
                    .filter(thread -> thread.getKey().getName().startsWith("holdfast-io"))
                    .filter(thread -> List.of(thread.getValue()).toString().contains("ServletOutputStream")
                            || List.of(thread.getValue()).toString().contains("CoyoteOutputStream"))
                    .count();
            assertEquals(0, blocked, "reactor threads that write to the client");
            // As many as there are reactor threads, and more.
            for (int i = 0; i < 6; i++) {
                othersAreAnswered();
            }
        }
    }
}
