package dev.holdfast.cluster;

import static dev.holdfast.cluster.SwitchUnderTest.HOLD;
import static dev.holdfast.cluster.SwitchUnderTest.OPEN;
import static dev.holdfast.cluster.SwitchUnderTest.TICK_MILLIS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.ClusterSettings.AtStart;
import dev.holdfast.config.ClusterSettings.Away;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ClusterSwitchTest {
    private SwitchUnderTest node = new SwitchUnderTest(AtStart.HOLD, Away.KEEP);

    @Test
    void nothingPassesBeforeTheSwitchIsRead() {
        assertFalse(node.passes());
        node.silence(60_000);
        assertFalse(node.passes());
    }

    @Test
    void whoIsNotRegisteredDoesNotOpenButCloses() {
        node.answered(1, OPEN, node.nanos, false);
        assertFalse(node.passes());
        assertNull(node.fleet.acted());

        node.answered(1, OPEN);
        assertTrue(node.passes());

        node.answered(2, HOLD, node.nanos, false);
        assertFalse(node.passes());
        assertEquals(2, node.fleet.acted().version());
    }

    @Test
    void whoIsNotRegisteredIsNotConfirmed() {
        node.answered(1, OPEN);
        for (int i = 0; i < 4; i++) {
            node.pass(TICK_MILLIS);
            node.answered(1, OPEN, node.nanos, false);
            node.tick();
        }
        assertFalse(node.passes());
    }

    @Test
    void anOlderVersionDoesNotCount() {
        node.answered(7, HOLD);
        node.answered(6, OPEN);
        assertFalse(node.passes());
        assertEquals(7, node.fleet.acted().version());
    }

    @Test
    void whoIsToldOnlyWhatIsOlderHoldsInTheEnd() {
        node.answered(7, OPEN);
        for (int i = 0; i < 4; i++) {
            node.pass(TICK_MILLIS);
            node.answered(6, OPEN);
            node.tick();
        }
        assertFalse(node.passes());

        node.answered(8, OPEN);
        assertTrue(node.passes());
    }

    @Test
    void theSameVersionConfirmsWithoutMovingAnything() {
        node.answered(1, OPEN);
        node.pass(1900);
        node.answered(1, OPEN);
        node.pass(1900);
        assertTrue(node.passes());
        assertEquals(List.of("configured"), node.upstreams);
    }

    @Test
    void aLateAnswerIsNoNewerThanItsQuestion() {
        node.answered(1, OPEN);
        long asked = node.nanos;
        node.pass(2001);
        node.answered(1, OPEN, asked, true);
        assertFalse(node.passes());
    }

    @Test
    void aLateAnswerDoesNotEvenSeemToOpen() {
        node.answered(1, HOLD);
        long asked = node.nanos;
        node.pass(2001);
        node.answered(2, OPEN, asked, true);
        assertTrue(node.gate.isShut());
    }

    @Nested
    class WhoKeepsOn {
        @Test
        void forwardsThroughASilenceWithoutAGap() {
            node.answered(1, OPEN);
            for (int i = 0; i < 100; i++) {
                node.pass(TICK_MILLIS - 1);
                assertTrue(node.passes());
                node.pass(1);
                node.tick();
                assertTrue(node.passes());
            }
        }

        @Test
        void doesNotForwardAfterAPauseThatIsLongerThanMaxAge() {
            node.answered(1, OPEN);
            node.pass(2001);
            assertFalse(node.passes()); // before the tick that notices it
            assertTrue(node.tick());
            assertFalse(node.passes());
        }

        @Test
        void doesNotTakeSilenceForAnAnswerAfterAPause() {
            node.answered(1, OPEN);
            node.silence(10_000);
            assertTrue(node.passes());

            node.pass(5000);
            assertFalse(node.passes());
            node.tick();
            node.silence(3_000);
            assertFalse(node.passes()); // to connect anew may take so long

            node.answered(1, OPEN);
            assertTrue(node.passes());
        }

        @Test
        void keepsOnAgainWhenItHasAskedForLongInVain() {
            node.answered(1, OPEN);
            node.pass(5000);
            node.tick();
            node.silence(9_300);
            assertFalse(node.passes());
            node.silence(1_400);
            assertTrue(node.passes());
        }

        @Test
        void doesNotBelieveAnAnswerThatIsOlderThanThePause() {
            node.answered(1, OPEN);
            node.pass(100);
            long asked = node.nanos;
            node.pass(60_000);
            node.answered(1, OPEN, asked, true);
            assertFalse(node.passes());
            node.tick();
            node.answered(1, OPEN, asked, true);
            assertFalse(node.passes());
            node.silence(2_000);
            assertFalse(node.passes());
        }

        @Test
        void noticesThatTheMachineWasSuspendedWhereItsClockStoodStill() {
            node.answered(1, OPEN);
            node.pass(TICK_MILLIS);
            node.wallMillis += 60_000;
            assertTrue(node.tick());
            assertFalse(node.passes());
        }

        /** The answer lay in the buffer of the socket: by the clock, which stood still, it was as young as ever. */
        @Test
        void doesNotBelieveAnAnswerFromBeforeASuspensionThatItsClockDidNotSee() {
            node.answered(1, OPEN);
            long asked = node.nanos;
            node.pass(100);
            node.wallMillis += 60_000;
            assertTrue(node.tick());

            node.answered(1, OPEN, asked, true);
            assertFalse(node.passes());

            node.answered(1, OPEN);
            assertTrue(node.passes());
        }

        @Test
        void opensNothingThatWasHeld() {
            node.answered(1, HOLD);
            node.silence(60_000);
            node.pass(60_000);
            node.tick();
            node.silence(60_000);
            assertFalse(node.passes());
        }
    }

    @Nested
    class WhoIsToHold {
        @Test
        void forwardsNothingThatIsOlderThanMaxAge() {
            node = new SwitchUnderTest(AtStart.HOLD, Away.HOLD);
            node.answered(1, OPEN);
            node.pass(1999);
            assertTrue(node.passes());
            node.tick();
            node.pass(2);
            assertFalse(node.passes());
            node.silence(60_000);
            assertFalse(node.passes());

            node.answered(1, OPEN);
            assertTrue(node.passes());
        }
    }

    @Nested
    class WhoStartsOpen {
        @Test
        void asksForASessionInVainFirst() {
            node = new SwitchUnderTest(AtStart.OPEN, Away.KEEP);
            node.silence(3_300);
            assertFalse(node.passes());
            node.silence(1_400);
            assertTrue(node.passes());
            assertEquals(List.of("configured"), node.upstreams);

            node.answered(1, HOLD);
            assertFalse(node.passes());
        }
    }
}
