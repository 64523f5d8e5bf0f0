package dev.holdfast.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.HoldSettings;
import dev.holdfast.config.ReleaseSettings;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The first released request of a release goes alone, and the rest follow what the upstream says to it. */
class GateCanaryTest {
    private static final Duration TINY = Duration.ofNanos(1);

    private final GateUnderTest site = gate(4, true, Duration.ZERO);

    @Nested
    class WhenItIsAnswered {
        @Test
        void theRestFollowAtTheFullPace() {
            List<Visitor> waiting = closedWith(10);
            site.open();
            site.elapse(Pace.CANARY_PATIENCE.minus(TINY));
            assertEquals(1, released(waiting));

            waiting.get(0).passage.answered();
            site.settle();

            assertEquals(5, released(waiting)); // the canary is answered
        }

        @Test
        void answerOfASiteThatIsNotUpSendsTheNextAfterAPause() {
            List<Visitor> waiting = closedWith(10);
            site.open();
            for (int each = 0; each < 3; each++) {
                waiting.get(each).passage.answeredNotUp();
                site.elapse(Pace.CANARY_PAUSE.minus(TINY));
                assertEquals(each + 1, released(waiting));
                site.elapse(TINY);
                assertEquals(each + 2, released(waiting));
            }

            waiting.get(3).passage.answered();
            site.settle();

            assertEquals(8, released(waiting));
        }

        static Stream<Named<Consumer<Passage>>> waysToSayNothing() {
            return Stream.of(Named.of("502, 503, 504", Passage::answeredNotUp), Named.of("no answer", Passage::end));
        }

        @ParameterizedTest
        @MethodSource("waysToSayNothing")
        void whatComesAfterTheFirstGoodAnswerStopsNobody(Consumer<Passage> bad) {
            List<Visitor> waiting = closedWith(10);
            site.open();
            waiting.get(0).passage.answered();
            site.settle();

            bad.accept(waiting.get(1).passage);
            site.settle();

            assertEquals(6, released(waiting));
        }

        @ParameterizedTest
        @MethodSource("waysToSayNothing")
        void nobodyFollowsABadAnswerAtOnce(Consumer<Passage> bad) {
            List<Visitor> waiting = closedWith(10);
            site.open();

            bad.accept(waiting.get(0).passage);
            site.settle();

            assertEquals(1, released(waiting));
        }

        @Test
        void streamIsAGoodAnswer() {
            List<Visitor> waiting = closedWith(3);
            site.open();

            waiting.get(0).passage.becomeStream();
            site.settle();

            assertEquals(3, released(waiting));
        }
    }

    @Nested
    class WhenItIsNot {
        @Test
        void oneMoreGoesEachTwoSeconds() {
            List<Visitor> waiting = closedWith(10);
            site.open();
            for (int each = 1; each < 4; each++) {
                assertEquals(each, released(waiting));
                site.elapse(Pace.CANARY_PATIENCE);
            }
            assertEquals(4, released(waiting));
            site.elapse(Pace.CANARY_PATIENCE.multipliedBy(3));
            assertEquals(4, released(waiting), "releaseConcurrency");

            waiting.get(2).passage.answered();
            site.settle();

            assertEquals(5, released(waiting));
        }

        @Test
        void theNextTakesItsPlaceAtOnceWhereItsClientHadLeft() {
            List<Visitor> waiting = closedWith(3);
            waiting.get(0).leaves();
            site.open();

            assertEquals(List.of("abandoned"), waiting.get(0).told);
            assertEquals(1, released(waiting));
            assertNotNull(waiting.get(1).passage);

            waiting.get(1).passage.abandon(); // on its way
            site.settle();
            assertNotNull(waiting.get(2).passage);
        }

        @Test
        void newcomersWaitForTheLastOfTheLineWhenItIsTheCanary() {
            List<Visitor> waiting = closedWith(1);
            site.open();
            assertTrue(waiting.get(0).passage.mayGoOn());

            Visitor newcomer = site.arrive();
            assertNull(newcomer.passage);
            waiting.get(0).passage.answered();
            site.settle();
            newcomer.passage.mayGoOn();

            assertNull(site.arrive().held);
        }

        @Test
        void newcomersPassAgainWhenTheLastOneWasAnsweredWell() {
            List<Visitor> waiting = closedWith(1);
            site.open();
            waiting.get(0).passage.mayGoOn();

            waiting.get(0).passage.answered();

            assertNull(site.arrive().held);
        }

        @Test
        void newcomerIsTheNextCanaryAfterABadAnswerToTheLastOne() {
            List<Visitor> waiting = closedWith(1);
            site.open();
            waiting.get(0).passage.end();

            Visitor newcomer = site.arrive();
            assertNotNull(newcomer.held);
            site.elapse(Pace.CANARY_PAUSE);
            newcomer.passage.answered();

            assertNull(site.arrive().held);
        }

        @Test
        void theNextReleaseHasACanaryOfItsOwn() {
            List<Visitor> waiting = closedWith(10);
            site.open();
            waiting.get(0).passage.mayGoOn();
            site.close();
            site.open();
            assertEquals(2, released(waiting), "the first is still out");

            waiting.get(0).passage.answered(); // by the site that was there before
            site.settle();
            assertEquals(2, released(waiting));

            waiting.get(1).passage.answered();
            site.settle();
            assertEquals(6, released(waiting));
        }

        @Test
        void oneThatIsHeldAgainGoesFirstAgain() {
            List<Visitor> waiting = closedWith(3);
            site.open();
            site.close();
            site.holdAgain(waiting.get(0));

            site.open();

            assertEquals(List.of("released", "released"), waiting.get(0).told);
            assertEquals(1, released(waiting));
        }

        @Test
        void nobodyHeldNeedsNone() {
            site.close();
            site.open();

            Stream.generate(site::arrive).limit(10).forEach(each -> assertNull(each.held));
        }
    }

    @Nested
    class WithARamp {
        private final GateUnderTest ramp = gate(11, true, Duration.ofSeconds(10));

        @Test
        void concurrencyGrowsFromOne() {
            ramp.close();
            List<Visitor> waiting = ramp.arrive(100);
            ramp.open();
            ramp.elapse(Pace.CANARY_PATIENCE.minus(TINY));
            waiting.get(0).passage.answered();
            ramp.settle();
            for (int second = 0; second < 10; second++) {
                assertEquals(1 + second + 1, released(waiting), "after " + second + " s");
                ramp.elapse(Duration.ofSeconds(1));
            }
            assertEquals(12, released(waiting));
            ramp.elapse(Duration.ofSeconds(10));
            assertEquals(12, released(waiting));

            waiting.get(5).passage.answered();
            ramp.settle();
            assertEquals(13, released(waiting));
        }

        @Test
        void beginsAtOnceWithoutACanary() {
            GateUnderTest plain = gate(3, false, Duration.ofSeconds(2));
            plain.close();
            List<Visitor> waiting = plain.arrive(10);
            plain.open();
            assertEquals(1, released(waiting));
            plain.elapse(Duration.ofSeconds(1));
            assertEquals(2, released(waiting));
            plain.elapse(Duration.ofSeconds(1));
            assertEquals(3, released(waiting));
        }

        @Test
        void nothingIsLeftToDoWhenTheLineIsEmpty() {
            ramp.close();
            List<Visitor> waiting = ramp.arrive(2);
            ramp.open();
            waiting.get(0).passage.answered();
            ramp.settle();
            waiting.get(1).passage.answered();
            ramp.elapse(Duration.ofSeconds(20));

            assertNull(ramp.arrive().held);
            assertTrue(ramp.thread.hasNothingToDo());
        }
    }

    static GateUnderTest gate(int concurrency, boolean canary, Duration ramp) {
        return new GateUnderTest(new HoldSettings(
                GateUnderTest.MAX_HOLD,
                GateUnderTest.MAX_CLOSED,
                10_000,
                0,
                new ReleaseSettings(concurrency, canary, ramp)));
    }

    private List<Visitor> closedWith(int visitors) {
        site.close();
        return site.arrive(visitors);
    }

    private static long released(List<Visitor> waiting) {
        return waiting.stream().filter(each -> each.passage != null).count();
    }
}
