package dev.holdfast.gate;

import static dev.holdfast.gate.Reason.BALANCE_FILE;
import static dev.holdfast.gate.Reason.UPSTREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GateJournalTest {
    @RegisterExtension
    final LogCapture log = new LogCapture();

    private final GateUnderTest site = new GateUnderTest();
    private final Gate gate = site.gate;

    @Test
    void tellsTheCourseOfAnUpgrade() {
        Visitor passed = site.arrive();
        gate.close(BALANCE_FILE, "balance is absent");
        site.arrive(1200);
        site.elapse(Duration.ofMillis(1500));
        site.end(passed);
        site.elapse(Duration.ofMillis(500));
        gate.open(BALANCE_FILE);

        assertEquals(
                List.of(
                        "site: holding: balance is absent; 1 in flight",
                        "site: drained after 1.5 s; 1,200 held, 0 streams open",
                        "site: open after 2.0 s: releasing 1,200, oldest waited 2.0 s"),
                log.lines());
    }

    @Test
    void saysTheSameOnlyOnce() {
        site.arrive();
        gate.close(BALANCE_FILE, "balance is absent");
        gate.close(BALANCE_FILE, "balance is absent");
        gate.open(UPSTREAM);

        assertEquals(List.of("site: holding: balance is absent; 1 in flight"), log.lines());
    }

    @Test
    void saysEachReasonThatComesAndGoes() {
        site.arrive();
        gate.close(BALANCE_FILE, "balance is absent");
        gate.close(UPSTREAM, "connection refused");
        gate.open(BALANCE_FILE);

        assertEquals(
                List.of(
                        "site: holding: balance is absent; 1 in flight",
                        "site: holding: balance is absent; connection refused; 1 in flight",
                        "site: holding: connection refused; 1 in flight"),
                log.lines());
    }

    @Test
    void saysThatItRefusesWhereTheWordsStayTheSame() {
        gate.close(BALANCE_FILE, "the site moves");
        gate.refuse(BALANCE_FILE, "the site moves");

        assertEquals("site: refusing: the site moves; 0 in flight", log.lines().get(2));
    }

    @Test
    void saysThatItIsClosedWhereNobodySaysWhy() {
        gate.close(BALANCE_FILE, "");

        assertEquals("site: holding: ; 0 in flight", log.lines().get(0));
    }

    @Test
    void releaseDoesNotWaitForTheLog() {
        site.close();
        site.arrive();
        AtomicBoolean released = new AtomicBoolean();
        log.whenLogged = () -> released.set(!site.thread.isIdle());

        gate.open(BALANCE_FILE);

        assertTrue(released.get(), "the gate thread has its task before the line is written");
    }

    /** Those who waited can all be answered before the line that they may go has been written. */
    @Test
    void saysThatItIsOpenBeforeItSaysWhatBecameOfThoseWhoWaited() {
        gate.close(BALANCE_FILE, "balance is absent");
        Visitor waiting = site.arrive();
        log.beforeLogging = line -> {
            if (line.contains("open after")) {
                site.settle();
                waiting.passage.answered();
                site.end(waiting);
            }
        };

        gate.open(BALANCE_FILE);

        assertEquals(
                List.of(
                        "site: open after 0.0 s: releasing 1, oldest waited 0.0 s",
                        "site: released 1 in 0.0 s; 0 expired, 0 left, 0 failed"),
                log.lines().subList(2, log.lines().size()));
    }

    @Test
    void saysThatItHoldsBeforeItSaysThatItIsDrained() {
        Visitor passed = site.arrive();
        List<String> told = new ArrayList<>();
        gate.onDrained(() -> told.add("drained"));
        log.beforeLogging = line -> {
            if (line.contains("holding")) {
                site.end(passed);
                assertEquals(List.of("drained"), told, "whoever closes connections then need not wait for the log");
            }
        };

        gate.close(BALANCE_FILE, "balance is absent");

        assertEquals(
                List.of(
                        "site: holding: balance is absent; 1 in flight",
                        "site: drained after 0.0 s; 0 held, 0 streams open"),
                log.lines());
    }

    @Test
    void saysOncePerClosureThatItIsDrained() {
        gate.close(BALANCE_FILE, "balance is absent");
        gate.close(BALANCE_FILE, "balance is malformed");
        gate.open(BALANCE_FILE);
        gate.close(BALANCE_FILE, "balance is absent");

        assertEquals(
                2, log.lines().stream().filter(each -> each.contains("drained")).count());
    }
}
