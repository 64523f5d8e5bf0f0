package dev.holdfast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The time from {@code touch balance} to the first byte of a held request at the upstream. */
class PromptReleaseIT {
    @TempDir
    Path directory;

    @Test
    void takesMillisecondsWithTheWatch() throws Exception {
        List<Duration> times = release(41);

        assertTrue(median(times).compareTo(Duration.ofMillis(20)) < 0, times.toString());
    }

    @Test
    void takesAboutAPollIntervalWithoutTheWatch() throws Exception {
        List<Duration> times = release(9, "--balance-watch", "false");

        assertTrue(Collections.max(times).compareTo(Duration.ofMillis(1200)) < 0, times.toString());
    }

    private List<Duration> release(int rounds, String... options) throws IOException, InterruptedException {
        List<Duration> times = new ArrayList<>();
        try (RecordingUpstream upstream = new RecordingUpstream();
                HoldfastProcess holdfast = HoldfastProcess.start(directory, upstream.port(), List.of(), options);
                ClientConnection client = new ClientConnection(holdfast.port())) {
            forwardAsASiteInUse(client, upstream);
            for (int round = 0; round <= rounds; round++) {
                holdfast.balance().hold();
                holdfast.balance().awaitDrained();
                client.get("/round/" + round);
                assertTrue(client.staysSilent(Duration.ofMillis(50)));

                long touched = System.nanoTime();
                holdfast.balance().release();
                RecordingUpstream.Received received = upstream.received().poll(5, TimeUnit.SECONDS);

                assertNotNull(received, "round " + round + " was not released");
                assertEquals("GET /round/" + round + " HTTP/1.1", received.requestLine());
                assertEquals(200, client.receive().status());
                if (round > 0) { // the first release of a new JVM loads classes
                    times.add(Duration.ofNanos(received.nanoTime() - touched));
                }
            }
        }
        System.out.printf(
                "Prompt release %s: %d rounds, median %.1f ms, fastest %.1f ms, slowest %.1f ms%n",
                List.of(options),
                rounds,
                median(times).toNanos() / 1e6,
                Collections.min(times).toNanos() / 1e6,
                Collections.max(times).toNanos() / 1e6);
        return times;
    }

    /** An upgrade meets a JVM that is at work, not one whose first requests are yet to be interpreted, and its classes loaded. */
    private static void forwardAsASiteInUse(ClientConnection client, RecordingUpstream upstream)
            throws IOException, InterruptedException {
        for (int request = 0; request < 3000; request++) {
            client.get("/");
            assertEquals(200, client.receive().status());
            upstream.received().take();
        }
    }

    private static Duration median(List<Duration> times) {
        return times.stream().sorted().toList().get(times.size() / 2);
    }
}
