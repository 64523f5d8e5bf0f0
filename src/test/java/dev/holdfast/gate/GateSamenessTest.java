package dev.holdfast.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.holdfast.config.HoldSettings;
import dev.holdfast.config.ReleaseSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A request that is the same as one that waits takes its place. */
class GateSamenessTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final GateUnderTest site = new GateUnderTest(new HoldSettings(
            GateUnderTest.MAX_HOLD, GateUnderTest.MAX_CLOSED, 3, 2, new ReleaseSettings(1, false, Duration.ZERO)));
    private final List<Visitor> order = new ArrayList<>();

    @Test
    void theOldOneIsToldAndTheNewOneHasItsPlace() {
        site.close();
        Visitor old = arrive("a");
        site.elapse(SECOND);
        Visitor other = arrive(null);
        site.elapse(SECOND);
        Visitor again = arrive("a");

        assertEquals(List.of("REPLACED"), old.told);
        assertEquals(2, site.snapshot().held());
        assertEquals(1, site.snapshot().counts().replaced());
        site.open();
        again.passage.end();
        site.settle();
        other.passage.end();
        assertEquals(List.of(old, again, other), order);
    }

    @Test
    void theDeadlineIsItsOwnAndNobodyBehindWaitsForIt() {
        site.close();
        Visitor old = arrive("a");
        Visitor other = arrive(null);
        site.elapse(SECOND.multipliedBy(30));
        Visitor again = arrive("a");
        site.elapse(SECOND.multipliedBy(30));
        assertEquals(List.of("EXPIRED"), other.told);
        assertEquals(List.of(), again.told);
        site.elapse(SECOND.multipliedBy(30).minusNanos(1));
        assertEquals(List.of(), again.told);
        site.elapse(Duration.ofNanos(1));
        assertEquals(List.of("EXPIRED"), again.told);
        assertEquals(List.of("REPLACED"), old.told);
    }

    @Test
    void theyCountAsOneForTheLimits() {
        site.close();
        arrive("a");
        arrive("b");
        for (int each = 0; each < 5; each++) {
            assertEquals(List.of(), arrive("a").told);
        }
        assertEquals(List.of("REJECTED: Too many requests of this client are waiting."), arrive("c").told);
        assertEquals(2, site.snapshot().held());
        assertEquals(5, site.snapshot().counts().replaced());
    }

    @Test
    void oneThatHasLeftIsReplacedByNobody() {
        site.close();
        Visitor released = arrive("a");
        site.open();
        site.close();
        Visitor again = arrive("a");
        assertEquals(List.of("released"), released.told);
        again.held.leave(Outcome.ABANDONED);

        assertEquals(List.of(), arrive("a").told);
        assertEquals(0, site.snapshot().counts().replaced());
    }

    @Test
    void requestsThatSayNothingAreLikeNoOther() {
        site.close();
        assertEquals(List.of(), arrive(null).told);
        assertEquals(List.of(), arrive(null).told);
        assertEquals(2, site.snapshot().held());
    }

    @Test
    void theOpenGateDoesNotAsk() {
        assertNull(arrive("a").held);
        assertNull(arrive("a").held);
    }

    private Visitor arrive(String sameness) {
        Visitor visitor = new Visitor("client");
        visitor.whenTold = () -> order.add(visitor);
        site.arrive(visitor, sameness);
        return visitor;
    }
}
