package dev.holdfast.gate;

import static dev.holdfast.gate.GateUnderTest.MAX_HOLD;
import static dev.holdfast.gate.Reason.BALANCE_FILE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How those who waited go: in which order, how many at a time, and back to the line when the gate shuts again. */
class GateReleaseTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @RegisterExtension
    final LogCapture log = new LogCapture();

    private final GateUnderTest site = new GateUnderTest(2);
    private final Gate gate = site.gate;
    private final List<Visitor> order = new ArrayList<>();

    @Nested
    class WhenReleasing {
        @Test
        void releasesInArrivalOrder() {
            GateUnderTest wide = new GateUnderTest(100);
            wide.close();
            List<Visitor> waiting = wide.arrive(100);
            waiting.forEach(this::note);

            wide.open();

            assertEquals(waiting, order);
            assertEquals(0, wide.snapshot().held());
            assertEquals(100, wide.snapshot().inFlight());
        }

        @Test
        void releasesNoMoreThanReleaseConcurrencyAtATime() {
            List<Visitor> waiting = closedWith(4);

            site.open();
            assertReleased(waiting, 2);

            waiting.get(1).passage.answered();
            site.settle();
            assertReleased(waiting, 3);

            waiting.get(0).passage.answered();
            site.settle();
            assertReleased(waiting, 4);
        }

        @Test
        void newcomersJoinTheEndWhileAnyoneWaits() {
            List<Visitor> waiting = closedWith(3);
            site.open();

            Visitor newcomer = site.arrive();
            assertNull(newcomer.passage);
            waiting.get(0).passage.answered();
            site.settle();
            assertReleased(waiting, 3);
            assertEquals(List.of(), newcomer.told);

            waiting.get(1).passage.answered();
            site.settle();
            assertEquals(List.of("released"), newcomer.told);
        }

        @Test
        void newcomersJoinTheLineWhileOneReleasedIsOnItsWay() {
            Visitor released = closedWith(1).get(0);
            site.open();

            Visitor newcomer = site.arrive();
            assertNotNull(newcomer.held, "it would overtake");

            released.passage.mayGoOn();
            newcomer.passage.mayGoOn();
            assertNull(site.arrive().held);
        }

        @Test
        void newcomersPassOnceTheReleasedOneIsAnswered() {
            Visitor released = closedWith(1).get(0);
            site.open();

            released.passage.becomeStream();

            assertNull(site.arrive().held, "a stream may last for hours");
        }

        @Test
        void eachIsOnItsWayForItself() {
            List<Visitor> released = closedWith(2);
            site.open();

            released.get(0).passage.mayGoOn();
            released.get(0).passage.mayGoOn();
            released.get(0).passage.answered();

            assertNotNull(site.arrive().held, "the second would be overtaken");
        }

        @Test
        void newcomersPassAgainWhenTheLastOfTheLineGivesUp() {
            List<Visitor> waiting = closedWith(3);
            site.open();
            waiting.subList(0, 2).forEach(each -> each.passage.mayGoOn());

            waiting.get(2).held.leave(Outcome.ABANDONED);

            assertNull(site.arrive().held);
        }

        @Test
        void newcomersPassAgainThoughThoseReleasedAreUnanswered() {
            closedWith(2);
            site.open();

            order.forEach(each -> assertTrue(each.passage.mayGoOn()));

            assertNull(site.arrive().held);
        }

        @Test
        void requestThatMissedTheOpeningGoesInItsTurn() {
            site.close();
            long arrivalNanos = gate.now();
            assertNull(gate.tryPass(arrivalNanos));
            site.open();
            Visitor late = new Visitor(null);

            late.held = gate.hold(late, arrivalNanos, null);
            site.thread.runAll();

            assertEquals(List.of("released"), late.told);
        }

        @Test
        void expiredOnesAreTurnedAwayAndUseNoPermit() {
            List<Visitor> waiting = closedWith(4);
            site.elapse(MAX_HOLD.minus(SECOND));
            site.open();
            site.elapse(SECOND);
            Visitor fresh = arrive();

            site.end(waiting.get(0));

            assertEquals(List.of("EXPIRED"), waiting.get(2).told);
            assertEquals(List.of("EXPIRED"), waiting.get(3).told);
            assertEquals(List.of("released"), fresh.told);
        }

        @Test
        void oneWhoseTimeIsOverAtTheReleaseExpires() {
            List<Visitor> waiting = closedWith(3);
            gate.open(BALANCE_FILE);

            site.thread.oversleep(MAX_HOLD);
            site.settle();

            waiting.forEach(each -> assertEquals(List.of("EXPIRED"), each.told));
            assertEquals(0, site.snapshot().counts().released());
        }

        @Test
        void goneOnesAreNotReleasedAndUseNoPermit() {
            List<Visitor> waiting = closedWith(5);
            waiting.subList(0, 3).forEach(Visitor::leaves);

            site.open();

            waiting.subList(0, 3).forEach(each -> {
                assertEquals(List.of("abandoned"), each.told);
                assertNull(each.passage);
            });
            waiting.subList(3, 5).forEach(each -> assertEquals(List.of("released"), each.told));
            assertEquals(3, site.snapshot().counts().abandoned());
            assertEquals(2, site.snapshot().counts().released());
        }

        @Test
        void thoseReleasedAreAskedNoMore() {
            Visitor released = closedWith(1).get(0);
            site.open();
            assertEquals(1, released.asked);

            site.elapse(SECOND.multipliedBy(3));

            assertEquals(1, released.asked);
        }

        @Test
        void nothingIsLeftToDoWhenTheLineIsEmpty() {
            closedWith(2);
            site.open();
            order.forEach(each -> each.passage.mayGoOn());
            order.forEach(site::end);

            site.elapse(SECOND);

            assertTrue(site.thread.hasNothingToDo());
        }

        @Test
        void releasedOneWhoseClientLeavesBeforeItGoesOnIsAbandoned() {
            Visitor released = closedWith(1).get(0);
            site.open();

            released.passage.abandon();
            released.passage.end();
            released.passage.abandon();
            site.settle();

            assertEquals(1, site.snapshot().counts().abandoned());
            assertEquals(0, site.snapshot().counts().released());
            assertEquals(0, site.snapshot().inFlight());
            assertNull(site.arrive().held);
        }

        private void note(Visitor visitor) {
            visitor.whenTold = () -> order.add(visitor);
        }
    }

    @Nested
    class Permits {
        /** Each returns one permit, the second time none, in all orders that can occur. */
        static Stream<Named<List<Consumer<Passage>>>> waysBack() {
            Consumer<Passage> answered = Passage::answered;
            Consumer<Passage> streams = Passage::becomeStream;
            Consumer<Passage> ends = Passage::end;
            Consumer<Passage> abandons = Passage::abandon;
            return Stream.of(
                    Named.of("answered", List.of(answered, answered, ends)),
                    Named.of("ended without an answer", List.of(ends, ends, answered)),
                    Named.of("became a stream", List.of(streams, streams, answered, ends, ends)),
                    Named.of("became a stream after its end", List.of(ends, streams, ends)),
                    Named.of("abandoned", List.of(abandons, abandons, ends)),
                    Named.of("abandoned after the answer", List.of(answered, abandons, answered)));
        }

        @ParameterizedTest
        @MethodSource("waysBack")
        void oneComesBack(List<Consumer<Passage>> steps) {
            List<Visitor> waiting = closedWith(5);
            site.open();
            assertReleased(waiting, 2);
            Passage first = waiting.get(0).passage;
            first.mayGoOn();

            steps.forEach(step -> {
                step.accept(first);
                site.settle();
            });

            assertReleased(waiting, 3);
            assertEquals(2, site.snapshot().inFlight());
            assertEquals(0, site.snapshot().streams());
        }

        @Test
        void oneComesBackFromARequestThatIsHeldAgain() {
            List<Visitor> waiting = closedWith(5);
            site.open();
            site.close();

            site.holdAgain(waiting.get(0));
            waiting.get(0).passage.answered();
            waiting.get(0).passage.end();
            site.open();

            assertEquals(List.of("released", "released"), waiting.get(0).told);
            assertReleased(waiting, 2);
        }

        @Test
        void noneComesBackFromOneThatPassedStraight() {
            Visitor passed = site.arrive();
            List<Visitor> waiting = closedWith(5);
            site.open();

            passed.passage.answered();
            site.end(passed);

            assertReleased(waiting, 2);
        }

        @Test
        void allComeBack() {
            closedWith(20);
            site.open();
            for (int each = 0; each < 20; each++) {
                site.end(order.get(each));
            }

            List<Visitor> waiting = closedWith(5);
            site.open();

            assertReleased(waiting, 2);
        }
    }

    @Nested
    class WhenFlipped {
        @Test
        void releasedOneFindsTheGateShutAndGoesBackToItsPlace() {
            List<Visitor> waiting = closedWith(4);
            site.open();
            site.close();
            arrive();

            for (int each = 1; each >= 0; each--) {
                assertFalse(waiting.get(each).passage.mayGoOn());
                site.holdAgain(waiting.get(each));
            }
            assertEquals(5, site.snapshot().held());
            assertEquals(0, site.snapshot().counts().released());
            assertTrue(gate.isDrained());

            List<Visitor> again = new ArrayList<>();
            order.forEach(each -> each.whenTold = () -> again.add(each));
            site.open();
            order.forEach(site::end);
            assertEquals(order, again);
        }

        @Test
        void itsDeadlineIsTheOldOne() {
            Visitor visitor = closedWith(1).get(0);
            site.elapse(SECOND.multipliedBy(40));
            site.open();
            site.close();
            site.elapse(SECOND.multipliedBy(10));

            site.holdAgain(visitor);
            site.elapse(SECOND.multipliedBy(10).minusNanos(1));
            assertEquals(List.of("released"), visitor.told);
            site.elapse(Duration.ofNanos(1));

            assertEquals(List.of("released", "EXPIRED"), visitor.told);
        }

        @Test
        void oneWhoseTimeIsOverExpiresAtOnce() {
            Visitor visitor = closedWith(1).get(0);
            site.open();
            site.close();
            site.elapse(MAX_HOLD);

            site.holdAgain(visitor);

            assertEquals(List.of("released", "EXPIRED"), visitor.told);
        }

        @Test
        void oneThatPassedStraightStandsBeforeThoseWhoCameLater() {
            Visitor passed = arrive();
            site.elapse(SECOND);
            List<Visitor> waiting = closedWith(3);
            assertEquals(1, site.snapshot().inFlight());

            site.holdAgain(passed);
            assertEquals(0, site.snapshot().inFlight());
            assertEquals(0, site.snapshot().counts().passed());
            site.open();

            assertEquals(List.of("released"), passed.told);
            assertReleased(waiting, 1);
            assertEquals(4, site.snapshot().counts().arrived());
        }

        @Test
        void oneHeldAgainAtTheOpenGateIsReleasedAtOnce() {
            Visitor passed = arrive();

            site.holdAgain(passed);

            assertEquals(List.of("released"), passed.told);
            assertEquals(1, site.snapshot().inFlight());
        }

        @Test
        void newcomersDoNotOvertakeOneHeldAgainAtTheOpenGate() {
            Visitor passed = arrive();

            gate.holdAgain(passed.passage, passed, null, null);

            assertNull(gate.tryPass(gate.now()));
        }

        @Test
        void oneHeldAgainMayBeAbandoned() {
            Visitor passed = arrive();
            site.close();
            site.holdAgain(passed);

            assertTrue(passed.held.leave(Outcome.ABANDONED));

            assertEquals(1, site.snapshot().counts().abandoned());
            assertEquals(0, site.snapshot().counts().passed());
        }

        @Test
        void passageThatEndedCannotBeHeldAgain() {
            Visitor passed = arrive();
            site.end(passed);

            assertThrows(IllegalStateException.class, () -> site.holdAgain(passed));

            assertEquals(0, site.snapshot().held());
            assertEquals(1, site.snapshot().counts().passed());
        }

        @Test
        void passageIsHeldAgainOnlyOnce() {
            Visitor passed = arrive();
            site.close();
            site.holdAgain(passed);

            assertThrows(IllegalStateException.class, () -> site.holdAgain(passed));
            site.end(passed);

            assertEquals(1, site.snapshot().held());
            assertEquals(0, site.snapshot().inFlight());
        }

        @Test
        void gateThatIsOpenAgainWhenTheRequestAsksLetsItGoOn() {
            Visitor visitor = closedWith(1).get(0);
            site.open();
            site.close();
            site.open();

            assertTrue(visitor.passage.mayGoOn());
        }

        @Test
        void newcomersDoNotOvertakeOneThatIsAboutToBeHeldAgain() {
            Visitor released = closedWith(1).get(0);
            site.open();
            site.close();
            assertFalse(released.passage.mayGoOn());
            site.open();

            Visitor newcomer = site.arrive();

            assertNotNull(newcomer.held, "the way was free for it");
            site.holdAgain(released);
            assertTrue(released.passage.mayGoOn());
        }

        @Test
        void deadlineIsKeptThoughTheNextSweepIsLater() {
            Visitor passed = arrive();
            site.elapse(MAX_HOLD.minusMillis(600));
            closedWith(1);
            site.elapse(Duration.ofMillis(100));

            site.holdAgain(passed);
            site.elapse(Duration.ofMillis(500));

            assertEquals(List.of("EXPIRED"), passed.told);
        }

        @Test
        void streamCannotBeHeldAgain() {
            Visitor stream = arrive();
            stream.passage.becomeStream();

            assertThrows(IllegalStateException.class, () -> site.holdAgain(stream));

            assertEquals(0, site.snapshot().inFlight());
            assertEquals(1, site.snapshot().streams());
            site.end(stream);
            assertEquals(0, site.snapshot().streams());
        }

        @Test
        void gateThatShutsWhileTheLineIsReleasedKeepsTheRest() {
            List<Visitor> waiting = closedWith(4);
            waiting.get(0).whenTold = () -> gate.close(BALANCE_FILE, "absent");

            site.open();

            assertReleased(waiting, 1);
            assertEquals(3, site.snapshot().held());
        }
    }

    private Visitor arrive() {
        Visitor visitor = site.arrive();
        order.add(visitor);
        return visitor;
    }

    private List<Visitor> closedWith(int visitors) {
        site.close();
        return Stream.generate(this::arrive).limit(visitors).toList();
    }

    /** The first ones and no others, each told once. */
    private static void assertReleased(List<Visitor> waiting, int released) {
        assertEquals(
                released,
                waiting.stream().filter(each -> each.told.contains("released")).count());
        waiting.subList(0, released).forEach(each -> assertTrue(each.told.contains("released")));
    }

    @Nested
    class WhenTheConcurrencyIsChanged {
        private final GateUnderTest site = new GateUnderTest(4);

        @Test
        void itCountsForTheReleaseThatIsGoingOn() {
            site.close();
            List<Visitor> waiting = site.arrive(10);
            site.open();
            assertEquals(4, released(waiting));

            site.gate.releaseConcurrency(6);
            site.settle();
            assertEquals(6, released(waiting));

            site.gate.releaseConcurrency(2);
            waiting.subList(0, 4).forEach(each -> each.passage.answered());
            site.settle();
            assertEquals(6, released(waiting));
            waiting.get(4).passage.answered();
            site.settle();
            assertEquals(7, released(waiting));
        }

        @Test
        void itCountsForTheNextRelease() {
            site.gate.releaseConcurrency(2);
            site.close();
            List<Visitor> waiting = site.arrive(10);
            site.open();
            assertEquals(2, released(waiting));
        }

        private long released(List<Visitor> waiting) {
            return waiting.stream().filter(each -> each.passage != null).count();
        }
    }
}
