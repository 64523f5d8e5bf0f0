package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FailureLogTest {
    private final LogTap log = new LogTap();
    private long nanos = -1; // as System.nanoTime() may be
    private final FailureLog failures = new FailureLog("site", () -> nanos);

    @AfterEach
    void stop() {
        log.close();
    }

    private void elapse(Duration time) {
        nanos += time.toNanos();
        failures.second();
    }

    @Test
    void theFirstIsToldAtOnceAndTheOthersAreCounted() {
        for (int i = 1; i <= 1205; i++) {
            failures.failed("BROKEN", "502: reset " + i);
        }
        assertEquals(List.of("site: 502: reset 1"), log.lines());

        elapse(Duration.ofMillis(4999));
        assertEquals(1, log.lines().size());
        elapse(Duration.ofMillis(1));
        assertEquals(List.of("site: 502: reset 1", "site: 1,204 more in 5.0 s: 502: reset 1205"), log.lines());
    }

    @Test
    void nothingMoreIsToldWhenNothingFailsAnyMore() {
        failures.failed("BROKEN", "a");
        failures.failed("BROKEN", "b");
        for (int i = 0; i < 20; i++) {
            elapse(Duration.ofSeconds(1));
        }
        failures.close();

        assertEquals(List.of("site: a", "site: 1 more in 5.0 s: b"), log.lines());
    }

    @Test
    void afterAPauseTheNextOneIsTheFirstAgain() {
        failures.failed("BROKEN", "a");
        elapse(FailureLog.PAUSE);
        failures.failed("BROKEN", "b");
        failures.failed("BROKEN", "c");

        assertEquals(List.of("site: a", "site: b"), log.lines());
    }

    @Test
    void whileItGoesOnThereIsALineEachFewSeconds() {
        for (int i = 0; i < 2000; i++) {
            failures.failed("BROKEN", "a");
            elapse(Duration.ofMillis(10));
        }

        assertEquals(
                List.of(
                        "site: a",
                        "site: 499 more in 5.0 s: a",
                        "site: 500 more in 5.0 s: a",
                        "site: 500 more in 5.0 s: a",
                        "site: 500 more in 5.0 s: a"),
                log.lines());
    }

    @Test
    void eachKindHasItsOwnCount() {
        failures.failed("BROKEN", "a");
        failures.failed("SILENT", "b");
        failures.failed("SILENT", "c");
        elapse(FailureLog.PAUSE);

        assertEquals(List.of("site: a", "site: b", "site: 1 more in 5.0 s: c"), log.lines());
    }

    @Test
    void theLastCountIsToldAtTheEnd() {
        failures.failed("BROKEN", "a");
        failures.failed("BROKEN", "b");
        nanos += 1_000_000_000;
        failures.close();
        failures.close();

        assertEquals(List.of("site: a", "site: 1 more in 1.0 s: b"), log.lines());
    }
}
