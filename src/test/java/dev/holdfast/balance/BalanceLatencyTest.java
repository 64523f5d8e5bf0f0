package dev.holdfast.balance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long the gate takes to follow the file. Prints what it measured. */
class BalanceLatencyTest {
    @TempDir
    Path directory;

    private BalanceSite site;

    @BeforeEach
    void makeSite() {
        site = new BalanceSite(directory);
    }

    @AfterEach
    void closeSite() {
        site.close();
    }

    @Test
    void opensWithinTwentyMillisecondsOfTheTouchInTheMedian() throws IOException {
        site.start();

        Duration medianOpen = measure("with the watch", 100);

        assertTrue(medianOpen.compareTo(Duration.ofMillis(20)) < 0, medianOpen::toString);
    }

    @Test
    void opensWithin1200MillisecondsOfTheTouchByThePollAlone() throws IOException {
        site.watch = false;
        site.start();

        Duration medianOpen = measure("by the poll alone", 3);

        assertTrue(medianOpen.compareTo(Duration.ofMillis(1200)) < 0, medianOpen::toString);
    }

    private Duration measure(String how, int times) throws IOException {
        long[] open = new long[times];
        long[] shut = new long[times];
        for (int i = 0; i < times; i++) {
            site.awaitMarker();
            site.touch();
            open[i] = nanosUntil(site::isOpen);
            site.remove();
            shut[i] = nanosUntil(site.gate::isShut);
        }
        print("from touch to gate open " + how, open);
        print("from rm to gate shut " + how, shut);
        return Duration.ofNanos(open[times / 2]);
    }

    /** Spins, for an interval between looks would be measured too. */
    private static long nanosUntil(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - start < 5_000_000_000L, "nothing happens");
            Thread.onSpinWait();
        }
        return System.nanoTime() - start;
    }

    private static void print(String what, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "%s, %d times: median %.1f ms, 90 %% %.1f ms, longest %.1f ms%n",
                what,
                nanos.length,
                nanos[nanos.length / 2] / 1e6,
                nanos[nanos.length * 9 / 10] / 1e6,
                nanos[nanos.length - 1] / 1e6);
    }
}
