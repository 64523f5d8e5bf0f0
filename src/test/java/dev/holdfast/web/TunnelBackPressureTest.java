package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who does not read slows down who sends, through a tunnel as well; and nothing piles up between them. */
class TunnelBackPressureTest {
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
        Flood flood = Flood.to(client);
        flood.awaitStandstill();
        for (int i = 0; i < 20; i++) {
            server.send("pong" + i % 10);
            assertEquals("pong" + i % 10, client.read(5));
        }
        server.readBytes(Flood.ALL);
        flood.awaitEnd();
    }

    private static void assertSlowedDown(Wire from, Wire to) throws Exception {
        Flood flood = Flood.to(from);
        flood.awaitStandstill();
        long before = containerNanos();
        to.socket().setSoTimeout(10_000);
        Thread.sleep(1000); // the time in which nothing is to be done
        long spent = containerNanos() - before;
        assertTrue(spent < 300_000_000, "nanoseconds of processor: " + spent);

        assertEquals(Flood.ALL, to.readBytes(Flood.ALL).length);
        flood.awaitEnd();
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
