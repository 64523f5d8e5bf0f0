package dev.holdfast.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Some do not wait at the closed gate for as long as they may. */
class GateImpatienceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration MOMENT = Duration.ofNanos(1);

    private final GateUnderTest site = new GateUnderTest(1);

    @Test
    void itIsPostponedWhenItsPatienceEndsAndNoSooner() {
        site.close();
        Visitor patient = site.arrive();
        site.elapse(Duration.ofMillis(1500)); // between two looks at who is still there
        Visitor impatient = arriveImpatient();
        Visitor last = site.arrive();

        site.elapse(PATIENCE.minus(MOMENT));
        assertEquals(List.of(), impatient.told);
        site.elapse(MOMENT);

        assertEquals(List.of("POSTPONED"), impatient.told);
        assertEquals(1, site.snapshot().counts().postponed());
        assertEquals(2, site.snapshot().held());
        site.open();
        assertEquals(List.of("released"), patient.told);
        patient.passage.end();
        site.settle();
        assertEquals(List.of("released"), last.told);
        assertEquals(List.of("POSTPONED"), impatient.told);
    }

    @Test
    void manyArePostponedEachInItsTime() {
        site.close();
        List<Visitor> visitors = List.of(arriveImpatient(), arriveImpatient(), arriveImpatient());
        site.elapse(MOMENT);
        Visitor later = arriveImpatient();

        site.elapse(PATIENCE.minus(MOMENT));
        visitors.forEach(visitor -> assertEquals(List.of("POSTPONED"), visitor.told));
        assertEquals(List.of(), later.told);
        site.elapse(MOMENT);
        assertEquals(List.of("POSTPONED"), later.told);
    }

    @Test
    void theOpenGateLetsThemWaitForTheirTurn() {
        site.close();
        Visitor first = site.arrive();
        Visitor second = arriveImpatient();
        site.open();
        Visitor newcomer = arriveImpatient();

        site.elapse(PATIENCE.multipliedBy(3));
        assertEquals(List.of(), second.told);
        first.passage.end();
        site.settle();

        assertEquals(List.of("released"), second.told);
        site.close();
        assertEquals(List.of("POSTPONED"), newcomer.told);
    }

    @Test
    void itIsCountedFromTheArrivalWhenItIsHeldAgain() {
        site.close();
        Visitor visitor = arriveImpatient();
        site.elapse(Duration.ofSeconds(2));
        site.open();
        site.close();
        site.holdAgain(visitor);

        site.elapse(Duration.ofMillis(999));
        assertEquals(List.of("released"), visitor.told);
        site.elapse(Duration.ofMillis(1));

        assertEquals(List.of("released", "POSTPONED"), visitor.told);
        assertEquals(0, site.snapshot().counts().released());
    }

    @Test
    void whoeverLeftOrWasTurnedAwayIsNotPostponedToo() {
        site.close();
        Visitor left = arriveImpatient();
        left.held.leave(Outcome.ABANDONED);
        Visitor refused = arriveImpatient();
        site.refuse("Closed.");
        Visitor replaced = impatient();
        site.close();
        site.arrive(replaced, "key");
        Visitor again = impatient();
        site.arrive(again, "key");

        site.elapse(PATIENCE);

        assertEquals(List.of(), left.told);
        assertEquals(List.of("REFUSED: Closed."), refused.told);
        assertEquals(List.of("REPLACED"), replaced.told);
        assertEquals(List.of("POSTPONED"), again.told);
        assertTrue(site.thread.isIdle());
    }

    @Test
    void maxHoldComesFirstWhereItIsShorter() {
        site.close();
        Visitor visitor = new Visitor("client");
        visitor.patience = Optional.of(GateUnderTest.MAX_HOLD);
        site.arrive(visitor);

        site.elapse(GateUnderTest.MAX_HOLD);

        assertEquals(List.of("EXPIRED"), visitor.told);
    }

    private Visitor arriveImpatient() {
        Visitor visitor = impatient();
        site.arrive(visitor);
        return visitor;
    }

    private static Visitor impatient() {
        Visitor visitor = new Visitor("client");
        visitor.patience = Optional.of(PATIENCE);
        return visitor;
    }
}
