package dev.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.balance.BalanceReading;
import dev.holdfast.balance.BalanceReading.Absent;
import dev.holdfast.balance.BalanceReading.Forward;
import dev.holdfast.config.ClusterSettings.AtStart;
import dev.holdfast.config.ClusterSettings.Away;
import dev.holdfast.config.HoldSettings;
import dev.holdfast.config.ReleaseSettings;
import dev.holdfast.gate.Gate;
import dev.holdfast.gate.GateThread;
import dev.holdfast.gate.Passage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** With a clock of its own: maxAge is 2 s, the session 4 s. A tick comes each 2/3 s. */
class ClusterSwitchTest {
    private static final BalanceReading OPEN = new Forward(Optional.empty());
    private static final BalanceReading HOLD = new Absent();
    private static final long TICK_MILLIS = 667;

    private long nanos = 1_000_000_000L;
    private long wallMillis = 1_000_000;
    private final Knowledge knowledge = new Knowledge(() -> nanos);
    private final List<String> upstreams = new ArrayList<>();
    private final Gate gate = new Gate(
            "site",
            new HoldSettings(
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(10),
                    1000,
                    0,
                    new ReleaseSettings(64, false, Duration.ZERO)),
            () -> nanos,
            new GateThread() {
                @Override
                public void schedule(Runnable task, Duration delay) {}

                @Override
                public void execute(Runnable task) {
                    task.run();
                }
            },
            knowledge);
    private ClusterSwitch fleet = started(AtStart.HOLD, Away.KEEP);

    private ClusterSwitch started(AtStart atStart, Away away) {
        ClusterSwitch made = new ClusterSwitch(
                "site",
                TestNode.settings("a", "zk:2181", atStart, away),
                gate,
                address -> upstreams.add(address.map(Object::toString).orElse("configured")),
                knowledge,
                () -> nanos);
        made.holdUntilRead(wallMillis);
        return made;
    }

    private void answered(long version, BalanceReading reading) {
        fleet.answered(new SwitchReading(version, reading, ""), nanos, true);
    }

    private void pass(long millis) {
        nanos += millis * 1_000_000;
        wallMillis += millis;
    }

    /** The process runs, and nobody answers. */
    private void silence(long millis) {
        for (long passed = 0; passed < millis; passed += TICK_MILLIS) {
            pass(TICK_MILLIS);
            assertFalse(fleet.tick(wallMillis));
        }
    }

    private boolean passes() {
        Passage passage = gate.tryPass(nanos);
        if (passage != null) {
            passage.end();
        }
        return passage != null;
    }

    @Test
    void nothingPassesBeforeTheSwitchIsRead() {
        assertFalse(passes());
        silence(60_000);
        assertFalse(passes());
    }

    @Test
    void whoIsNotRegisteredDoesNotOpenButCloses() {
        fleet.answered(new SwitchReading(1, OPEN, ""), nanos, false);
        assertFalse(passes());
        assertNull(fleet.acted());

        answered(1, OPEN);
        assertTrue(passes());

        fleet.answered(new SwitchReading(2, HOLD, ""), nanos, false);
        assertFalse(passes());
        assertEquals(2, fleet.acted().version());
    }

    @Test
    void whoIsNotRegisteredIsNotConfirmed() {
        answered(1, OPEN);
        for (int i = 0; i < 4; i++) {
            pass(TICK_MILLIS);
            fleet.answered(new SwitchReading(1, OPEN, ""), nanos, false);
            fleet.tick(wallMillis);
        }
        assertFalse(passes());
    }

    @Test
    void anOlderVersionDoesNotCount() {
        answered(7, HOLD);
        answered(6, OPEN);
        assertFalse(passes());
        assertEquals(7, fleet.acted().version());
    }

    @Test
    void whoIsToldOnlyWhatIsOlderHoldsInTheEnd() {
        answered(7, OPEN);
        for (int i = 0; i < 4; i++) {
            pass(TICK_MILLIS);
            answered(6, OPEN);
            fleet.tick(wallMillis);
        }
        assertFalse(passes());

        answered(8, OPEN);
        assertTrue(passes());
    }

    @Test
    void theSameVersionConfirmsWithoutMovingAnything() {
        answered(1, OPEN);
        pass(1900);
        answered(1, OPEN);
        pass(1900);
        assertTrue(passes());
        assertEquals(List.of("configured"), upstreams);
    }

    @Test
    void aLateAnswerIsNoNewerThanItsQuestion() {
        answered(1, OPEN);
        long asked = nanos;
        pass(2001);
        fleet.answered(new SwitchReading(1, OPEN, ""), asked, true);
        assertFalse(passes());
    }

    @Test
    void aLateAnswerDoesNotEvenSeemToOpen() {
        answered(1, HOLD);
        long asked = nanos;
        pass(2001);
        fleet.answered(new SwitchReading(2, OPEN, ""), asked, true);
        assertTrue(gate.isShut());
    }

    @Nested
    class WhoKeepsOn {
        @Test
        void forwardsThroughASilenceWithoutAGap() {
            answered(1, OPEN);
            for (int i = 0; i < 100; i++) {
                pass(TICK_MILLIS - 1);
                assertTrue(passes());
                pass(1);
                fleet.tick(wallMillis);
                assertTrue(passes());
            }
        }

        @Test
        void doesNotForwardAfterAPauseThatIsLongerThanMaxAge() {
            answered(1, OPEN);
            pass(2001);
            assertFalse(passes()); // before the tick that notices it
            assertTrue(fleet.tick(wallMillis));
            assertFalse(passes());
        }

        @Test
        void doesNotTakeSilenceForAnAnswerAfterAPause() {
            answered(1, OPEN);
            silence(10_000);
            assertTrue(passes());

            pass(5000);
            assertFalse(passes());
            fleet.tick(wallMillis);
            silence(3_000);
            assertFalse(passes()); // to connect anew may take so long

            answered(1, OPEN);
            assertTrue(passes());
        }

        @Test
        void keepsOnAgainWhenItHasAskedForLongInVain() {
            answered(1, OPEN);
            pass(5000);
            fleet.tick(wallMillis);
            silence(9_300);
            assertFalse(passes());
            silence(1_400);
            assertTrue(passes());
        }

        @Test
        void doesNotBelieveAnAnswerThatIsOlderThanThePause() {
            answered(1, OPEN);
            pass(100);
            long asked = nanos;
            pass(60_000);
            fleet.answered(new SwitchReading(1, OPEN, ""), asked, true);
            assertFalse(passes());
            fleet.tick(wallMillis);
            fleet.answered(new SwitchReading(1, OPEN, ""), asked, true);
            assertFalse(passes());
            silence(2_000);
            assertFalse(passes());
        }

        @Test
        void noticesThatTheMachineWasSuspendedWhereItsClockStoodStill() {
            answered(1, OPEN);
            pass(TICK_MILLIS);
            wallMillis += 60_000;
            assertTrue(fleet.tick(wallMillis));
            assertFalse(passes());
        }

        @Test
        void opensNothingThatWasHeld() {
            answered(1, HOLD);
            silence(60_000);
            pass(60_000);
            fleet.tick(wallMillis);
            silence(60_000);
            assertFalse(passes());
        }
    }

    @Nested
    class WhoIsToHold {
        @Test
        void forwardsNothingThatIsOlderThanMaxAge() {
            fleet = started(AtStart.HOLD, Away.HOLD);
            answered(1, OPEN);
            pass(1999);
            assertTrue(passes());
            fleet.tick(wallMillis);
            pass(2);
            assertFalse(passes());
            silence(60_000);
            assertFalse(passes());

            answered(1, OPEN);
            assertTrue(passes());
        }
    }

    @Nested
    class WhoStartsOpen {
        @Test
        void asksForASessionInVainFirst() {
            fleet = started(AtStart.OPEN, Away.KEEP);
            silence(3_300);
            assertFalse(passes());
            silence(1_400);
            assertTrue(passes());
            assertEquals(List.of("configured"), upstreams);

            answered(1, HOLD);
            assertFalse(passes());
        }
    }
}
