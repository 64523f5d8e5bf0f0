package dev.holdfast.balance;

import dev.holdfast.balance.StatusReport.Origin;
import dev.holdfast.gate.Gate;
import java.time.Duration;

/**
 * Keeps the status file up to date: at once when the gate is moved, some times a second while something changes, each second
 * while the gate is closed or releasing, so that it can be told from one whose Holdfast is gone; not at all while the gate
 * is open, unless somebody took the file away. Confined to the balance thread.
 *
 * <p>What it says was true at a moment after the last look at the balance file, and no other look comes before it is written.
 * Hence a deploy script that removes the balance file, then the status file, can believe the next one:
 *
 * <pre>
 *   T1 (here)                               T2 (the script)
 *   looks: "forward", hold 1 is to end
 *                                           removes the balance file, removes the status file
 *   opens the gate (or does not, having looked again)
 *   writes what is true now: open           goes on waiting
 *   looks: absent; closes the gate, hold 2
 * </pre>
 *
 * "Drained", written after T2's removals, would mean that the gate was closed then; and it opens only after a look, which
 * finds the balance file absent.
 */
final class StatusKeeper {
    /** How often there is something to be done while the gate is closed or releasing. */
    static final Duration TICK = Duration.ofMillis(250);

    private static final Duration BEAT = Duration.ofSeconds(1);

    private final Origin origin;
    private final BalanceSwitch balance;
    private final Gate gate;
    private final StatusFile file;
    private StatusReport written; // null at first
    private long writtenNanos;

    StatusKeeper(Origin origin, BalanceSwitch balance, Gate gate, StatusFile file) {
        this.origin = origin;
        this.balance = balance;
        this.gate = gate;
        this.file = file;
    }

    /**
     * Writes what is to be written now.
     *
     * @param readError why the balance file cannot be read; empty when it can be
     * @return whether to call again after a {@link #TICK}; otherwise the next look is soon enough
     */
    boolean keep(String readError, long nowNanos) {
        if (isIdle() && !file.isMissing()) {
            return false;
        }
        StatusReport now = StatusReport.of(balance, gate);
        if (isDue(now, nowNanos) && file.write(now.line(origin, balance, gate, readError))) {
            written = now;
            writtenNanos = nowNanos;
        }
        boolean looksAreEnough =
                now.drained() && origin.pollInterval().compareTo(BEAT) <= 0; // nothing happens but by a look
        return now.state() != SiteState.OPEN && !looksAreEnough;
    }

    void stopped() {
        file.write(StatusReport.stopped(balance, gate).line(origin, balance, gate, ""));
    }

    private boolean isIdle() {
        return written != null && written.state() == SiteState.OPEN && !gate.isShut();
    }

    private boolean isDue(StatusReport now, long nowNanos) {
        if (written == null || now.state() != written.state() || file.isMissing()) {
            return true;
        }
        Duration pause = now.saysElseThan(written) ? TICK : BEAT;
        // A tick comes a little early at times, and is not to wait for the next one.
        return nowNanos - writtenNanos >= pause.minusMillis(50).toNanos();
    }
}
