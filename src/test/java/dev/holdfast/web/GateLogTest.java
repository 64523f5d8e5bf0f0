package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an operator reads of a start and of an upgrade, line by line. */
class GateLogTest {
    private final LogTap log = new LogTap();

    @AfterEach
    void stop() {
        log.close();
    }

    @Test
    void startIsOneLine() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.before(upstream.port())) {
            assertEquals(
                    List.of("holdfast: forwarding to http://127.0.0.1:" + upstream.port() + "; balance file "
                            + site.balanceFile().toAbsolutePath()),
                    log.lines());
            assertEquals(List.of(), site.site().status().now().holds(), "it was no hold");
        }
    }

    @Test
    void upgradeIsALineForEachChange() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.before(upstream.port());
                Wire first = site.client();
                Wire second = site.client()) {
            first.send("GET /1 HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n");
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                site.hold();
                Until.true_(() -> log.has("holding: "));
                arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                first.readToEnd();
            }
            Until.true_(() -> log.has("drained after"));
            second.send("GET /2 HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n");
            site.awaitHeld(1);
            site.release();
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                second.readToEnd();
            }
            Until.true_(() -> log.has("released 1"));
            List<String> expected = List.of(
                    "holdfast: forwarding to .*",
                    "holdfast: holding: balance file \\S+ is absent; 1 in flight",
                    "holdfast: drained after \\d+\\.\\d s; 0 held, 0 streams open",
                    "holdfast: open after \\d+\\.\\d s: releasing 1, oldest waited \\d+\\.\\d s",
                    "holdfast: released 1 in \\d+\\.\\d s; 0 expired, 0 left, 0 failed");
            List<String> lines = log.lines();
            assertEquals(expected.size(), lines.size(), lines::toString);
            for (int i = 0; i < expected.size(); i++) {
                assertTrue(lines.get(i).matches(expected.get(i)), lines.get(i));
            }
        }
    }
}
