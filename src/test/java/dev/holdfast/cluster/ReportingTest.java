package dev.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.cluster.NodeReport.State;
import org.junit.jupiter.api.Test;

class ReportingTest {
    private NodeReport is = report(State.OPEN, 0, 1);
    private final Reporting reporting = new Reporting(() -> is);

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

    @Test
    void isDueAgainWhereItCouldNotBeWritten() {
        assertTrue(reporting.isDue());
        reporting.next(); // and the connection breaks
        assertTrue(reporting.isDue());
    }
}
