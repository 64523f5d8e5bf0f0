package dev.holdfast.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TurnstileTest {
    private static final long MOST_PASSED = (1L << 42) - 1;

    private final Turnstile turnstile = new Turnstile();

    @Test
    void countsThosePassedAndThoseInFlightApart() {
        assertTrue(turnstile.tryPass());
        assertTrue(turnstile.tryPass());
        turnstile.admit();
        turnstile.leave();
        turnstile.leave();

        assertCounts(2, 1);
    }

    @Test
    void flagsAndCountsDoNotTouchEachOther() {
        turnstile.tryPass();

        turnstile.line(true);
        turnstile.shut(true);
        turnstile.shut(true);
        assertFalse(turnstile.tryPass());
        assertCounts(1, 1);

        turnstile.shut(false);
        assertFalse(turnstile.isShut());
        assertFalse(turnstile.tryPass(), "there is still a line");

        turnstile.line(false);
        assertTrue(turnstile.tryPass());
        assertCounts(2, 2);
    }

    @Test
    void isDrainedOnlyWhenShutAndEmpty() {
        turnstile.tryPass();
        turnstile.tryPass();
        assertFalse(turnstile.leave());
        turnstile.shut(true);

        assertFalse(turnstile.isDrained());
        assertTrue(turnstile.leave());
        assertTrue(turnstile.isDrained());

        turnstile.shut(false);
        assertFalse(turnstile.isDrained());
    }

    @Test
    void oneThatGoesToTheLineAfterAllHasNotPassed() {
        turnstile.tryPass();
        turnstile.tryPass();
        assertFalse(turnstile.unpass());
        turnstile.shut(true);

        assertTrue(turnstile.unpass());
        assertCounts(0, 0);
    }

    @Test
    void passedWrapsAroundWithoutTouchingTheRest() {
        turnstile.admit();
        turnstile.unpass();
        assertCounts(MOST_PASSED, 0);

        assertTrue(turnstile.tryPass());

        assertCounts(0, 1);
        assertFalse(turnstile.isShut());
        assertTrue(turnstile.tryPass(), "there is no line");
    }

    @Test
    void countsAsManyInFlightAsThereIsRoomFor() {
        for (int i = 0; i < Turnstile.MOST_IN_FLIGHT; i++) {
            turnstile.admit();
        }

        assertCounts(0, Turnstile.MOST_IN_FLIGHT);
    }

    @RepeatedTest(10)
    @Timeout(30)
    void nobodySlipsThroughOnceItIsDrained() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        Thread passer = new Thread(() -> passUntil(over, inside), "passer");
        passer.start();
        try {
            for (int round = 0; round < 50_000; round++) {
                turnstile.shut(true);
                while (!turnstile.isDrained()) {
                    Thread.onSpinWait();
                }
                for (int looks = 0; looks < 20; looks++) {
                    assertEquals(0, inside.get(), "inside though it is drained");
                }
                turnstile.shut(false);
            }
        } finally {
            over.set(true);
            passer.join();
        }
    }

    private void passUntil(AtomicBoolean over, AtomicInteger inside) {
        while (!over.get()) {
            if (turnstile.tryPass()) {
                inside.incrementAndGet();
                inside.decrementAndGet();
                turnstile.leave();
            }
        }
    }

    private void assertCounts(long passed, int inFlight) {
        assertEquals(passed, Turnstile.passed(turnstile.read()), "passed");
        assertEquals(inFlight, Turnstile.inFlight(turnstile.read()), "in flight");
    }
}
