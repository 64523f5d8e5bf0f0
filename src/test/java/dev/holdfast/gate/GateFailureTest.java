package dev.holdfast.gate;

import static dev.holdfast.gate.GateUnderTest.MAX_HOLD;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A waiter that throws harms no one but itself. */
class GateFailureTest {
    @RegisterExtension
    final LogCapture log = new LogCapture();

    private final GateUnderTest site = new GateUnderTest(1);
    private final Visitor bad;
    private final Visitor good;

    GateFailureTest() {
        site.close();
        bad = site.arrive();
        good = site.arrive();
        bad.whenTold = GateFailureTest::fail;
    }

    @Test
    void oneThatCannotBeReleasedIsNotInFlightAndReturnsItsPermit() {
        site.open();

        assertEquals(List.of("released"), bad.told);
        assertEquals(List.of("released"), good.told);
        assertEquals(1, site.snapshot().inFlight());
        assertWarned("site: a held request could not be told that it is RELEASED");
    }

    @Test
    void oneThatCannotBeTurnedAwayDoesNotKeepTheOthers() {
        site.refuse("Back on Monday.");

        assertEquals(List.of("REFUSED: Back on Monday."), bad.told);
        assertEquals(List.of("REFUSED: Back on Monday."), good.told);
        assertWarned("site: a held request could not be told that it is REFUSED");
    }

    @Test
    void oneThatCannotBeToldThatItExpiredDoesNotKeepTheOthers() {
        site.elapse(MAX_HOLD);

        assertEquals(List.of("EXPIRED"), bad.told);
        assertEquals(List.of("EXPIRED"), good.told);
    }

    @Test
    void oneThatCannotBeToldThatItsClientLeftDoesNotKeepTheOthers() {
        bad.leaves();
        good.leaves();

        site.elapse(Duration.ofSeconds(1));

        assertEquals(List.of("abandoned"), bad.told);
        assertEquals(List.of("abandoned"), good.told);
        assertWarned("site: a held request could not be told that it is ABANDONED");
    }

    private void assertWarned(String line) {
        assertEquals(List.of(line), log.warnings());
    }

    private static void fail() {
        throw new IllegalStateException("the container says no");
    }
}
