package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who does not read slows down who sends, through a tunnel as well; and nothing piles up between them. */
class TunnelBackPressureTest {
    private static final int ALL = 80_000_000;

    /** What the kernel's buffers on the way may take, which grow to some megabytes each. */
    private static final int ON_THE_WAY = 40_000_000;

    private ScriptedUpstream upstream;
    private TestSite site;
    private Wire client;
    private Wire server;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
        site = TestSite.before(upstream.port());
        client = site.client();
        client.send(WebSocketFrames.HANDSHAKE);
        server = upstream.acceptRequest().connection();
        server.send(WebSocketFrames.SWITCH);
        client.readHead();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        site.close();
        upstream.close();
    }

    @Test
    void aSlowClientSlowsTheUpstream() throws Exception {
        assertSlowedDown(server, client);
    }

    @Test
    void aSlowUpstreamSlowsTheClientAndCostsNoProcessor() throws Exception {
        assertSlowedDown(client, server);
    }

    @Test
    void theOtherDirectionGoesOn() throws Exception {
        AtomicLong sent = new AtomicLong();
        Thread sending = send(client, sent);
        awaitStandstill(sent);
        for (int i = 0; i < 20; i++) {
            server.send("pong" + i % 10);
            assertEquals("pong" + i % 10, client.read(5));
        }
        server.readBytes(ALL);
        sending.join(10_000);
        assertEquals(ALL, sent.get());
    }

    private static void assertSlowedDown(Wire from, Wire to) throws Exception {
        AtomicLong sent = new AtomicLong();
        Thread sending = send(from, sent);
        awaitStandstill(sent);
        assertTrue(sent.get() < ON_THE_WAY, "sent " + sent);
        long before = containerNanos();
        to.socket().setSoTimeout(10_000);
        Thread.sleep(1000); // the time in which nothing is to be done
        long spent = containerNanos() - before;
        assertTrue(spent < 300_000_000, "nanoseconds of processor: " + spent);

        assertEquals(ALL, to.readBytes(ALL).length);
        sending.join(10_000);
        assertEquals(ALL, sent.get());
    }

    private static Thread send(Wire to, AtomicLong sent) {
        Thread thread = new Thread(() -> {
            try {
                byte[] piece = new byte[100_000];
                while (sent.get() < ALL) {
                    to.send(piece);
                    sent.addAndGet(piece.length);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        thread.start();
        return thread;
    }

    private static void awaitStandstill(AtomicLong sent) {
        long[] last = {-1, 0};
        Until.true_(() -> {
            long now = sent.get();
            last[1] = now > 0 && now == last[0] ? last[1] + 1 : 0;
            last[0] = now;
            return last[1] > 100; // looks, a few milliseconds apart
        });
    }

    /** What the threads of Tomcat's and of ours have used. */
    private static long containerNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("http-nio")
                        || thread.getName().startsWith("holdfast-"))
                .mapToLong(thread -> Math.max(0, threads.getThreadCpuTime(thread.getId())))
                .sum();
    }
}
