package dev.holdfast.gate;

import dev.holdfast.gate.GateSnapshot.Counts;
import java.time.Duration;

/** Remembers what there is to be said of a hold when it is over. Guarded by the {@link WaitingRoom}. */
final class HoldStory {
    private Counts before; // null while no hold is to be told of
    private long closedNanos;
    private long openedNanos;
    private Duration drainedAfter;
    private boolean opened;
    private int waited;
    private long failed;

    void closed(long now, Counts counts) {
        before = counts;
        closedNanos = now;
        drainedAfter = null;
        opened = false;
        failed = 0;
    }

    /** Counts once. */
    void drained(long now) {
        if (drainedAfter == null) {
            drainedAfter = Duration.ofNanos(now - closedNanos);
        }
    }

    void opened(long now, int waiting) {
        opened = true;
        openedNanos = now;
        waited = waiting;
    }

    /** One that was released got no answer, or that of a site which is not up. */
    void failed() {
        failed++;
    }

    /** Whether the gate has opened, so that only the last of those who waited are missing. */
    boolean isNearItsEnd() {
        return before != null && opened;
    }

    /** To be told once. */
    HoldReport end(long now, Counts counts) {
        HoldReport report = new HoldReport(
                Duration.ofNanos(openedNanos - closedNanos),
                drainedAfter,
                waited,
                Duration.ofNanos(now - openedNanos),
                counts.since(before),
                failed);
        before = null;
        return report;
    }
}
