package dev.holdfast.gate;

import static dev.holdfast.gate.GateUnderTest.MAX_CLOSED;
import static dev.holdfast.gate.GateUnderTest.MAX_HOLD;
import static dev.holdfast.gate.Reason.BALANCE_FILE;
import static dev.holdfast.gate.Reason.CLUSTER;
import static dev.holdfast.gate.Reason.STOPPING;
import static dev.holdfast.gate.Reason.UPSTREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.HoldSettings;
import dev.holdfast.config.ReleaseSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What opens and closes the gate, and how a request leaves the line or does not get into it. */
class GateTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration NANO = Duration.ofNanos(1);

    @RegisterExtension
    final LogCapture log = new LogCapture();

    private final GateUnderTest site = new GateUnderTest();
    private final Gate gate = site.gate;

    @Nested
    class WhenOpen {
        @Test
        void isSoFromTheStart() {
            assertTrue(site.snapshot().isOpen());
            assertEquals(Duration.ZERO, site.snapshot().closedFor());
            assertFalse(gate.isShut());
            assertFalse(gate.isDrained());
        }

        @Test
        void requestsPassAndAreInFlightUntilTheyEnd() {
            Visitor a = site.arrive();
            Visitor b = site.arrive();
            assertNull(a.held);
            assertNull(b.held);
            assertEquals(2, site.snapshot().inFlight());

            site.end(a);
            site.end(a);

            assertEquals(1, site.snapshot().inFlight());
            assertEquals(2, site.snapshot().counts().passed());
        }

        @Test
        void passageKnowsWhenItsRequestArrived() {
            long arrivalNanos = gate.now();
            Visitor visitor = site.arrive();

            site.elapse(SECOND);

            assertEquals(arrivalNanos, visitor.passage.arrivalNanos());
        }

        @ParameterizedTest
        @EnumSource
        void isShutForEverybodyUnlessOnlyAnOperatorHolds(Reason reason) {
            site.close(reason);
            assertEquals(reason == UPSTREAM || reason == STOPPING, gate.isShutForEverybody());

            site.close(UPSTREAM);
            assertTrue(gate.isShutForEverybody());

            site.open(UPSTREAM);
            site.open(reason);
            assertFalse(gate.isShutForEverybody());

            site.refuse("Closed.");
            assertTrue(gate.isShutForEverybody());
            site.close();
            assertFalse(gate.isShutForEverybody());
        }

        @Test
        void onePassedMayGoOnThoughTheGateIsShutMeanwhile() {
            Visitor visitor = site.arrive();

            site.close();

            assertTrue(visitor.passage.mayGoOn());
        }

        @Test
        void onePassedWhoseClientLeavesStaysCountedAsPassed() {
            Visitor visitor = site.arrive();

            visitor.passage.abandon();
            site.settle();

            assertEquals(1, site.snapshot().counts().passed());
            assertEquals(0, site.snapshot().inFlight());
        }

        @Test
        void gateThreadHasNothingToDo() {
            site.end(site.arrive());

            assertTrue(site.thread.hasNothingToDo());
        }
    }

    @Nested
    class Reasons {
        @ParameterizedTest
        @EnumSource
        void eachClosesAndOpens(Reason reason) {
            site.close(reason);
            assertTrue(gate.isShut());
            assertFalse(site.snapshot().isOpen());

            site.open(reason);
            assertFalse(gate.isShut());
            assertTrue(site.snapshot().isOpen());
        }

        @Test
        void opensOnlyWhenNoneIsLeft() {
            site.close(BALANCE_FILE);
            site.close(UPSTREAM);
            site.close(CLUSTER);
            Visitor visitor = site.arrive();

            site.open(BALANCE_FILE);
            site.open(CLUSTER);
            assertEquals(List.of(), visitor.told);
            assertTrue(gate.isShut());

            site.open(UPSTREAM);
            assertEquals(List.of("released"), visitor.told);
        }

        @Test
        void oneThatIsNotThereCanBeTakenAway() {
            site.open(CLUSTER);
            assertTrue(site.snapshot().isOpen());

            site.close(UPSTREAM);
            site.open(CLUSTER);
            assertEquals(List.of(UPSTREAM), reasons());
        }

        @Test
        void toldTwiceIsTakenAwayOnce() {
            site.close(UPSTREAM);
            site.close(UPSTREAM);

            site.open(UPSTREAM);

            assertFalse(gate.isShut());
        }

        @Test
        void toldAgainBringsTheDetailUpToDateAndKeepsTheTime() {
            long closedNanos = gate.now();
            gate.close(BALANCE_FILE, "absent");
            site.elapse(SECOND);

            gate.close(BALANCE_FILE, "malformed");

            assertEquals(
                    List.of(new Closure(BALANCE_FILE, "malformed", false, closedNanos)),
                    site.snapshot().closures());
        }

        @Test
        void oneThatComesUpAnewHasANewTime() {
            site.close(UPSTREAM);
            site.close(BALANCE_FILE);
            site.elapse(SECOND);
            site.open(UPSTREAM);

            site.close(UPSTREAM);

            Closure upstream = site.snapshot().closures().get(1);
            assertEquals(new Closure(UPSTREAM, "UPSTREAM", false, gate.now()), upstream);
        }

        @Test
        void closedForIsMeasuredFromTheFirstOneWithoutAGap() {
            site.close(UPSTREAM);
            site.elapse(SECOND);
            site.close(STOPPING);
            site.elapse(SECOND);
            site.open(UPSTREAM);
            site.elapse(SECOND);

            assertEquals(SECOND.multipliedBy(3), site.snapshot().closedFor());

            site.open(STOPPING);
            assertEquals(Duration.ZERO, site.snapshot().closedFor());
            site.close(STOPPING);
            assertEquals(Duration.ZERO, site.snapshot().closedFor());
        }

        private List<Reason> reasons() {
            return site.snapshot().closures().stream().map(Closure::reason).toList();
        }
    }

    @Nested
    class WhenClosed {
        private final Visitor waiting = closedWithOne();

        @Test
        void requestsWaitAndAreNotInFlight() {
            site.elapse(SECOND.multipliedBy(5));

            assertEquals(List.of(), waiting.told);
            assertEquals(1, site.snapshot().held());
            assertEquals(0, site.snapshot().inFlight());
            assertEquals(SECOND.multipliedBy(5), site.snapshot().oldestHold());
        }

        @Test
        void gateThreadIsNotWokenForOneThatHasToWait() {
            gate.hold(new Visitor(null), gate.now(), null);
            assertTrue(site.thread.isIdle());

            waiting.held.leave(Outcome.ABANDONED);
            assertTrue(site.thread.isIdle());
        }

        @Test
        void heldRequestSaysHowItIs() {
            assertEquals("HeldRequest[held]", waiting.held.toString());

            site.open();

            assertEquals("HeldRequest[RELEASED]", waiting.held.toString());
        }

        @Test
        void requestExpiresAtItsDeadlineAndNoSooner() {
            site.elapse(MAX_HOLD.minus(NANO));
            assertEquals(List.of(), waiting.told);

            site.elapse(NANO);
            assertEquals(List.of("EXPIRED"), waiting.told);
            assertEquals(1, site.snapshot().counts().expired());

            site.open();
            assertEquals(List.of("EXPIRED"), waiting.told);
        }

        @Test
        void eachExpiresAtItsOwnDeadline() {
            site.elapse(Duration.ofMillis(300));
            Visitor next = site.arrive();

            site.elapse(MAX_HOLD.minusMillis(300));
            assertEquals(List.of("EXPIRED"), waiting.told);
            site.elapse(Duration.ofMillis(300).minus(NANO));
            assertEquals(List.of(), next.told);
            site.elapse(NANO);
            assertEquals(List.of("EXPIRED"), next.told);
        }

        @Test
        void deadlineIsMeasuredFromTheArrivalNotFromTheHold() {
            long arrivalNanos = gate.now();
            Visitor late = new Visitor(null);
            site.elapse(SECOND);

            late.held = gate.hold(late, arrivalNanos, null);
            site.thread.elapse(MAX_HOLD.minusSeconds(1));

            assertEquals(List.of("EXPIRED"), late.told);
        }

        @Test
        void clientIsAskedWhetherItIsStillThereOnlyJustBeforeItGoesOn() {
            site.elapse(SECOND.multipliedBy(5));
            assertEquals(0, waiting.asked);

            waiting.leaves();
            site.open();

            assertEquals(List.of("abandoned"), waiting.told);
            assertEquals(1, waiting.asked);
            assertEquals(1, site.snapshot().counts().abandoned());
            site.elapse(MAX_HOLD);
            assertEquals(List.of("abandoned"), waiting.told);
            assertEquals(1, waiting.asked);
        }

        @Test
        void containerMaySayThatTheClientLeft() {
            assertTrue(waiting.held.leave(Outcome.ABANDONED));
            assertFalse(waiting.held.leave(Outcome.ABANDONED));
            site.checkCounts();

            site.open();
            site.elapse(MAX_HOLD);

            assertEquals(List.of(), waiting.told, "the container knows");
            assertEquals(0, waiting.asked);
            assertEquals(1, site.snapshot().counts().abandoned());
        }

        @Test
        void containerMaySayThatItIsGoingDown() {
            assertTrue(waiting.held.leave(Outcome.REFUSED));
            site.open();

            assertEquals(List.of(), waiting.told, "the container knows");
            assertEquals(1, site.snapshot().counts().refused());
        }

        @ParameterizedTest
        @EnumSource(names = {"RELEASED", "EXPIRED", "REJECTED"})
        void containerSaysNothingElse(Outcome why) {
            assertThrows(IllegalArgumentException.class, () -> waiting.held.leave(why));

            assertEquals(1, site.snapshot().held());
        }

        @Test
        void oneThatLeftTheLineCannotBeAbandoned() {
            site.open();

            assertFalse(waiting.held.leave(Outcome.ABANDONED));

            assertEquals(1, site.snapshot().counts().released());
        }

        @Test
        void timerGoesWithTheLastThatWaits() {
            assertFalse(site.thread.hasNothingToDo());
            waiting.held.leave(Outcome.ABANDONED);

            site.elapse(SECOND);

            assertTrue(site.thread.hasNothingToDo());
        }

        @Test
        void timerComesBackWithTheNextThatWaits() {
            waiting.held.leave(Outcome.ABANDONED);
            site.elapse(SECOND);
            Visitor next = site.arrive();

            site.elapse(MAX_HOLD);

            assertEquals(List.of("EXPIRED"), next.told);
        }

        @Test
        void closedGateWithoutALineHasNoTimer() {
            GateUnderTest idle = new GateUnderTest();

            idle.close();

            assertTrue(idle.thread.hasNothingToDo());
        }

        private Visitor closedWithOne() {
            site.close();
            return site.arrive();
        }
    }

    @Nested
    class Limits {
        @Test
        void oneMoreThanHoldLimitIsRejectedAtOnce() {
            GateUnderTest small = new GateUnderTest(
                    new HoldSettings(MAX_HOLD, MAX_CLOSED, 2, 0, new ReleaseSettings(64, false, Duration.ZERO)));
            small.close();
            List<Visitor> there = small.arrive(2);

            Visitor tooMany = small.arrive();
            assertEquals(List.of("REJECTED: Too many requests are waiting."), tooMany.told);
            assertFalse(tooMany.held.leave(Outcome.ABANDONED));

            there.get(0).held.leave(Outcome.ABANDONED);
            assertEquals(List.of(), small.arrive().told);
            assertEquals(1, small.snapshot().counts().rejected());
        }

        @Test
        void clientsAreCountedEachForItself() {
            GateUnderTest fair = new GateUnderTest(
                    new HoldSettings(MAX_HOLD, MAX_CLOSED, 10, 2, new ReleaseSettings(64, false, Duration.ZERO)));
            fair.close();
            Visitor first = fair.arrive("192.0.2.1");
            fair.arrive("192.0.2.1");
            assertEquals(List.of(), fair.arrive("192.0.2.2").told);

            Visitor tooMany = fair.arrive(new String("192.0.2.1"));
            assertEquals(List.of("REJECTED: Too many requests of this client are waiting."), tooMany.told);

            first.held.leave(Outcome.ABANDONED);
            assertEquals(List.of(), fair.arrive("192.0.2.1").told);
            assertEquals(tooMany.told, fair.arrive("192.0.2.1").told);
        }

        @Test
        void oneThatIsHeldAgainCountsForItsClient() {
            GateUnderTest fair = new GateUnderTest(
                    new HoldSettings(MAX_HOLD, MAX_CLOSED, 10, 1, new ReleaseSettings(64, false, Duration.ZERO)));
            Visitor passed = fair.arrive("192.0.2.1");
            fair.close();
            fair.holdAgain(passed);

            assertEquals(
                    List.of("REJECTED: Too many requests of this client are waiting."), fair.arrive("192.0.2.1").told);
        }

        @Test
        void clientThatWasReleasedMayWaitAgain() {
            GateUnderTest fair = new GateUnderTest(
                    new HoldSettings(MAX_HOLD, MAX_CLOSED, 10, 1, new ReleaseSettings(64, false, Duration.ZERO)));
            fair.close();
            fair.end(releasedOf(fair, fair.arrive("192.0.2.1")));

            fair.close();

            assertEquals(List.of(), fair.arrive("192.0.2.1").told);
        }

        @Test
        void oneThatIsHeldAgainIsNotAskedForALimit() {
            GateUnderTest small = new GateUnderTest(
                    new HoldSettings(MAX_HOLD, MAX_CLOSED, 1, 1, new ReleaseSettings(64, false, Duration.ZERO)));
            Visitor passed = small.arrive();
            small.close();
            small.arrive();

            small.holdAgain(passed);

            assertEquals(List.of(), passed.told);
            assertEquals(2, small.snapshot().held());
        }

        @Test
        void gateClosedForLongerThanMaxClosedRejectsNewcomersAndOnlyThem() {
            site.close();
            site.elapse(MAX_CLOSED.minusSeconds(1));
            Visitor before = site.arrive();
            site.elapse(SECOND);
            Visitor inTime = site.arrive();
            site.elapse(NANO);
            Visitor late = site.arrive();

            assertEquals(
                    List.of("REJECTED: The site has been closed for longer than requests are held for it."), late.told);
            site.open();
            assertEquals(List.of("released"), before.told);
            assertEquals(List.of("released"), inTime.told);
        }

        @Test
        void maxClosedBeginsAnewWithEachClosure() {
            site.close();
            site.elapse(MAX_CLOSED);
            site.open();
            site.close();
            site.elapse(SECOND);

            assertEquals(List.of(), site.arrive().told);
        }

        private static Visitor releasedOf(GateUnderTest site, Visitor visitor) {
            site.open();
            assertEquals(List.of("released"), visitor.told);
            return visitor;
        }
    }

    @Nested
    class WhenRefusing {
        @Test
        void allWhoWaitAndAllNewcomersAreTurnedAwayWithTheMessage() {
            site.close();
            List<Visitor> waiting = site.arrive(3);

            site.refuse("Back on Monday.");

            Visitor newcomer = site.arrive();
            waiting.forEach(each -> assertEquals(List.of("REFUSED: Back on Monday."), each.told));
            assertEquals(List.of("REFUSED: Back on Monday."), newcomer.told);
            assertEquals(4, site.snapshot().counts().refused());
            assertTrue(gate.isDrained());
        }

        @Test
        void newcomerIsTurnedAwayBeforeItIsHeld() {
            site.refuse("Back on Monday.");
            Visitor visitor = new Visitor(null);

            visitor.held = gate.hold(visitor, gate.now(), null);

            assertEquals(List.of("REFUSED: Back on Monday."), visitor.told);
            assertEquals(0, site.snapshot().held());
        }

        @Test
        void newMessageReplacesTheOld() {
            site.refuse("Back on Monday.");
            site.refuse("Back on Tuesday.");

            assertEquals(List.of("REFUSED: Back on Tuesday."), site.arrive().told);
        }

        @Test
        void oneSourceThatRefusesIsEnough() {
            site.close(CLUSTER);
            site.refuse("Back on Monday.");
            site.close(UPSTREAM);

            assertEquals(List.of("REFUSED: Back on Monday."), site.arrive().told);
        }

        @Test
        void closeInsteadHoldsAgain() {
            site.refuse("Back on Monday.");
            site.close();
            Visitor visitor = site.arrive();
            assertEquals(List.of(), visitor.told);

            site.open();
            assertEquals(List.of("released"), visitor.told);
        }

        @Test
        void openLetsPass() {
            site.refuse("Back on Monday.");
            site.open();

            assertNull(site.arrive().held);
        }

        @Test
        void oneThatIsHeldAgainIsTurnedAwayToo() {
            Visitor visitor = site.arrive();
            site.refuse("Back on Monday.");

            site.holdAgain(visitor);

            assertEquals(List.of("REFUSED: Back on Monday."), visitor.told);
        }

        @Test
        void clientsAreNotAskedWhetherTheyAreThere() {
            site.close();
            Visitor visitor = site.arrive();

            site.refuse("Back on Monday.");

            assertEquals(0, visitor.asked);
            assertNull(visitor.passage);
        }
    }
}
