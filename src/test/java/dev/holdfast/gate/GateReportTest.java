package dev.holdfast.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told of a hold when it is over. */
class GateReportTest {
    private final GateUnderTest site = new GateUnderTest();
    private final List<HoldReport> reports = new ArrayList<>();

    GateReportTest() {
        site.gate.onReport(reports::add);
    }

    @Test
    void tellsWhatBecameOfAllWhenTheLastIsAnswered() {
        Visitor before = site.arrive();
        site.close();
        List<Visitor> waiting = site.arrive(5);
        site.elapse(Duration.ofSeconds(2));
        site.end(before);
        waiting.get(4).held.leave(Outcome.ABANDONED);
        site.elapse(Duration.ofSeconds(3));

        site.open();
        waiting.get(0).passage.answered();
        waiting.get(1).passage.answeredNotUp();
        site.end(waiting.get(2)); // without an answer
        site.elapse(Duration.ofMillis(400));
        assertEquals(List.of(), reports, "one has not been answered");
        waiting.get(3).passage.answered();

        assertEquals(1, reports.size());
        HoldReport report = reports.get(0);
        assertEquals(Duration.ofSeconds(5), report.closedFor());
        assertEquals(Duration.ofSeconds(2), report.drainedAfter());
        assertEquals(4, report.waited());
        assertEquals(Duration.ofMillis(400), report.releaseTook());
        assertEquals(4, report.counts().released());
        assertEquals(1, report.counts().abandoned());
        assertEquals(5, report.counts().arrived());
        assertEquals(2, report.failed());
    }

    @Test
    void tellsAtOnceWhereNobodyWaited() {
        site.close();
        site.elapse(Duration.ofSeconds(1));
        site.open();

        assertEquals(0, reports.get(0).counts().released());
        assertEquals(Duration.ZERO, reports.get(0).drainedAfter());
    }

    @Test
    void tellsOfAReleaseThatIsBrokenOffWhenItIs() {
        Visitor inFlight = site.arrive();
        site.close();
        Visitor waiting = site.arrive();
        site.elapse(Duration.ofSeconds(1));
        site.open();
        site.elapse(Duration.ofSeconds(1));

        site.close();

        assertEquals(Duration.ofSeconds(1), reports.get(0).releaseTook());
        assertNull(reports.get(0).drainedAfter());
        assertEquals(1, reports.get(0).counts().released());
        waiting.passage.answered();
        site.end(waiting);
        site.end(inFlight);
        site.open();
        assertEquals(2, reports.size());
        assertEquals(0, reports.get(1).counts().released());
    }

    @Test
    void tellsWhereTheLastExpiredInTheLineOfAnOpenGate() {
        GateUnderTest narrow = new GateUnderTest(1);
        narrow.gate.onReport(reports::add);
        narrow.close();
        List<Visitor> waiting = narrow.arrive(2);
        narrow.open();
        narrow.elapse(GateUnderTest.MAX_HOLD);
        assertEquals(List.of("EXPIRED"), waiting.get(1).told);

        waiting.get(0).passage.answered();

        assertEquals(1, reports.get(0).counts().expired());
        assertEquals(1, reports.get(0).counts().released());
    }
}
