package dev.holdfast.gate;

import static dev.holdfast.gate.GateUnderTest.MAX_HOLD;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A waiter or listener that throws harms no one but itself. */
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

        site.open();

        assertEquals(List.of("abandoned"), bad.told);
        assertEquals(List.of("abandoned"), good.told);
        assertWarned("site: a held request could not be told that it is ABANDONED");
    }

    @Test
    void oneThatCannotTellWhetherItsClientLeftGoesOnWaitingAndIsReleased() {
        bad.hasLeft = GateFailureTest::cannotTell;
        good.leaves();
        bad.whenTold = () -> {};

        site.open();
        assertEquals(List.of("released"), bad.told);
        bad.passage.answered();
        site.settle();

        assertEquals(List.of("abandoned"), good.told);
        assertEquals(1, site.snapshot().inFlight());
        assertWarned("site: cannot tell whether the client of a held request left; said once");
    }

    /** A class of the container that is not there shows as an Error. */
    @Test
    void errorHarmsNoMoreThanAnException() {
        Visitor last = site.arrive();
        bad.hasLeft = () -> {
            throw new NoClassDefFoundError("asked");
        };
        good.leaves();
        good.whenTold = () -> {
            throw new NoClassDefFoundError("told");
        };
        bad.whenTold = good.whenTold;

        site.open();

        assertEquals(List.of("released"), bad.told);
        assertEquals(List.of("abandoned"), good.told);
        assertEquals(List.of("released"), last.told);
        assertEquals(1, site.snapshot().inFlight());
    }

    @Test
    void drainedListenerThatThrowsDoesNotKeepTheOthersFromBeingTold() {
        List<String> told = new ArrayList<>();
        GateUnderTest idle = new GateUnderTest();
        idle.gate.onDrained(GateFailureTest::fail);
        idle.gate.onDrained(() -> told.add("drained"));

        idle.close();

        assertEquals(List.of("drained"), told);
        assertWarned("site: a listener failed");
    }

    private void assertWarned(String line) {
        assertEquals(List.of(line), log.warnings());
    }

    private static boolean cannotTell() {
        throw new IllegalStateException("recycled");
    }

    private static void fail() {
        throw new IllegalStateException("the container says no");
    }
}
