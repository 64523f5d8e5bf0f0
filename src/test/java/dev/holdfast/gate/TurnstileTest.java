package dev.holdfast.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

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

    private void assertCounts(long passed, int inFlight) {
        assertEquals(passed, Turnstile.passed(turnstile.read()), "passed");
        assertEquals(inFlight, Turnstile.inFlight(turnstile.read()), "in flight");
    }
}
