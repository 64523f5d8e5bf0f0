package dev.holdfast.status;

import dev.holdfast.gate.GateSnapshot;
import dev.holdfast.gate.GateSnapshot.Counts;
import dev.holdfast.gate.HoldReport;
import dev.holdfast.status.SiteView.HoldView;
import dev.holdfast.status.SiteView.SecondView;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** The last two minutes of a site, second by second, and its last holds. Thread-safe. */
final class Timeline {
    private static final int SECONDS = 120;
    private static final int HOLDS = 20;

    private final Deque<SecondView> seconds = new ArrayDeque<>();
    private final Deque<HoldView> holds = new ArrayDeque<>();
    private Counts before; // null at first
    private long failedBefore;

    /** To be called once a second. @param failures since the start */
    synchronized void second(Instant now, GateSnapshot gate, long failures) {
        Counts counts = gate.counts();
        long failed = failures + counts.expired() + counts.rejected() + counts.refused();
        if (before != null) {
            add(
                    seconds,
                    SECONDS,
                    new SecondView(
                            now.getEpochSecond(),
                            gate.held(),
                            gate.inFlight(),
                            counts.arrived() - before.arrived(),
                            counts.released() - before.released(),
                            failed - failedBefore));
        }
        before = counts;
        failedBefore = failed;
    }

    synchronized void hold(Instant now, HoldReport report) {
        Counts counts = report.counts();
        add(
                holds,
                HOLDS,
                new HoldView(
                        now.toString(),
                        report.closedFor().toMillis(),
                        report.drainedAfter() == null
                                ? null
                                : report.drainedAfter().toMillis(),
                        report.waited(),
                        report.releaseTook().toMillis(),
                        counts.released(),
                        counts.expired(),
                        counts.abandoned(),
                        counts.rejected() + counts.replaced() + counts.postponed() + counts.refused(),
                        report.failed()));
    }

    /** Oldest first. */
    synchronized List<SecondView> seconds() {
        return List.copyOf(seconds);
    }

    /** Newest first. */
    synchronized List<HoldView> holds() {
        List<HoldView> newestFirst = new ArrayList<>(holds);
        Collections.reverse(newestFirst);
        return newestFirst;
    }

    private static <E> void add(Deque<E> deque, int most, E element) {
        if (deque.size() == most) {
            deque.removeFirst();
        }
        deque.addLast(element);
    }
}
