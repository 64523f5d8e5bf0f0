package dev.holdfast.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A release into a site that takes {@code answerMillis} for each answer, however many it has at a time, with newcomers that
 * come at random: those who were held never exceed {@code releaseConcurrency}, and those who come later are not slowed down for
 * good. Time is simulated.
 */
class PaceSimulationTest {
    private static final Duration LONG = Duration.ofMinutes(30);

    /** Newcomers come half as fast as {@code releaseConcurrency} lets them go. */
    @ParameterizedTest
    @CsvSource({
        "1000, 1, 5",
        "10000, 1, 5",
        "1000, 20, 100",
        "10000, 20, 100",
        "10000, 64, 300",
        "300, 20, 3000",
        "50, 1, 1000"
    })
    void theLimitHoldsWhenNewcomersComeAtAModerateRate(int held, int concurrency, int answerMillis) {
        for (int seed = 1; seed <= 10; seed++) {
            Simulation simulation = new Simulation(concurrency, answerMillis, seed);
            simulation.release(held, 500.0 * concurrency / answerMillis);

            simulation.run(LONG);

            assertEquals(concurrency, simulation.mostUnanswered, "seed " + seed);
            assertEquals(simulation.inOrderOfArrival(), simulation.released);
            assertTrue(simulation.lineIsGone);
        }
    }

    /** Newcomers come faster than that, as they do at an open gate: the site has answered as many before. */
    @ParameterizedTest
    @CsvSource({"1000, 64, 1000, 100", "20, 1, 100, 50", "1000, 1, 10, 500", "500, 20, 100, 220", "100, 64, 30000, 10"})
    void lineThatDoesNotBecomeShorterIsReleasedFaster(
            int held, int concurrency, int answerMillis, int newcomersEachSecond) {
        Simulation simulation = new Simulation(concurrency, answerMillis, 1);
        simulation.release(held, newcomersEachSecond);

        simulation.run(Duration.ofMinutes(5));

        assertTrue(simulation.lineIsGone, simulation::toString);
        assertEquals(0, simulation.site.snapshot().counts().expired(), simulation::toString);
        assertEquals(Math.min(held, concurrency), simulation.mostUnansweredOfHeld, "those who were held");
        assertEquals(simulation.inOrderOfArrival(), simulation.released);
    }

    /** What made the line longer is over with the line. */
    @Test
    void theNextReleaseBeginsWithTheOldLimit() {
        Simulation simulation = new Simulation(1, 100, 1);
        simulation.release(20, 50);
        simulation.run(Duration.ofMinutes(1));
        assertTrue(simulation.mostUnanswered > 1);

        simulation.mostUnanswered = 0;
        simulation.release(100, 0);
        simulation.run(Duration.ofMinutes(1));

        assertEquals(1, simulation.mostUnanswered);
    }

    private static final class Simulation {
        private final List<Integer> released = new ArrayList<>();
        private final GateUnderTest site;
        private final int answerMillis;
        private final Random random;
        private double newcomersEachSecond;
        private int arrived;
        private int lastHeld;
        private int unanswered;
        private int mostUnanswered;
        private int mostUnansweredOfHeld;
        private boolean lineIsGone;

        Simulation(int concurrency, int answerMillis, long seed) {
            this.site = new GateUnderTest(concurrency);
            this.answerMillis = answerMillis;
            this.random = new Random(seed);
        }

        void release(int visitors, double newcomersEachSecond) {
            site.close();
            lineIsGone = false;
            lastHeld = arrived + visitors;
            for (int each = 0; each < visitors; each++) {
                arrive();
            }
            this.newcomersEachSecond = newcomersEachSecond;
            site.elapse(Duration.ofMillis(1));
            site.open();
            nextNewcomer();
        }

        void run(Duration time) {
            long end = site.gate.now() + time.toNanos();
            while (end - site.gate.now() > 0 && !lineIsGone) {
                site.elapse(Duration.ofMillis(100));
            }
            newcomersEachSecond = 0;
            site.elapse(Duration.ofSeconds(1));
        }

        List<Integer> inOrderOfArrival() {
            return released.stream().sorted().toList();
        }

        private void nextNewcomer() {
            if (newcomersEachSecond > 0) {
                double seconds = -Math.log(1 - random.nextDouble()) / newcomersEachSecond;
                site.thread.schedule(
                        () -> {
                            arrive();
                            nextNewcomer();
                        },
                        Duration.ofNanos((long) (seconds * 1e9)));
            }
        }

        private void arrive() {
            Visitor visitor = new Visitor(null);
            int number = ++arrived;
            visitor.whenTold = () -> isTold(visitor, number);
            site.arrive(visitor);
            if (visitor.held == null) {
                lineIsGone = true;
                visitor.passage.end();
            }
        }

        private void isTold(Visitor visitor, int number) {
            if (visitor.passage == null) {
                return; // expired
            }
            released.add(number);
            visitor.passage.mayGoOn();
            unanswered++;
            mostUnanswered = Math.max(mostUnanswered, unanswered);
            if (number <= lastHeld) {
                mostUnansweredOfHeld = Math.max(mostUnansweredOfHeld, unanswered);
            }
            site.thread.schedule(
                    () -> {
                        unanswered--;
                        visitor.passage.end();
                    },
                    Duration.ofMillis(answerMillis));
        }

        @Override
        public String toString() {
            return "of " + arrived + " " + released.size() + " released, at most " + mostUnanswered + " unanswered, "
                    + site.snapshot();
        }
    }
}
