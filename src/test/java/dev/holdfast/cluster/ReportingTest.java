package dev.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.cluster.NodeReport.State;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportingTest {
    private NodeReport is = report(State.OPEN, 0, 1);
    private long nanos;
    private final Reporting reporting = new Reporting(() -> is, () -> nanos);

    private static NodeReport report(State state, int inFlight, long version) {
        return new NodeReport("process", state, inFlight, 0, 0, version, "");
    }

    private void tell() {
        assertTrue(reporting.isDue());
        assertEquals(is, reporting.next());
        reporting.told();
    }

    @Test
    void isDueAtOnceWhenTheStateIsAnother() {
        tell();
        assertFalse(reporting.isDue());
        is = report(State.DRAINED, 0, 2);
        tell();
    }

    @Test
    void isNotDueForANumberWhileTheGateIsOpen() {
        tell();
        is = report(State.OPEN, 7, 1);
        assertFalse(reporting.isDue());
    }

    /** Two at once and one more after half a second made four in one second. */
    @Test
    void isDueAtMostTwiceInAnySecond() {
        List<Long> told = new ArrayList<>();
        for (int version = 2; told.size() < 20; version++) {
            is = report(State.HOLDING, 0, version);
            if (reporting.isDue()) {
                tell();
                told.add(nanos);
            }
            nanos += 10_000_000;
        }
        for (int i = 2; i < told.size(); i++) {
            assertTrue(told.get(i) - told.get(i - 2) >= 1_000_000_000, told::toString);
        }
    }

    @Test
    void isDueAgainWhereItCouldNotBeWritten() {
        assertTrue(reporting.isDue());
        reporting.next(); // and the connection breaks
        assertTrue(reporting.isDue());
    }
}
