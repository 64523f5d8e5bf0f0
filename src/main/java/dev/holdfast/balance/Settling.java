package dev.holdfast.balance;

import dev.holdfast.balance.BalanceReading.Absent;
import dev.holdfast.balance.Disk.Look;
import java.time.Duration;

/**
 * Tells a file that is complete from one that is being written: {@code echo address > balance} shows an empty file first,
 * which would send requests to the wrong site. Confined to the balance thread.
 *
 * <p>It cannot help where the writer pauses for longer than the settle time ({@code slow-command > balance}); such a file
 * is to be written elsewhere in its directory and renamed.
 */
final class Settling {
    private final long settleNanos;
    private Look candidate = Look.at(new Absent());
    private long candidateSinceNanos;

    Settling(Duration settle) {
        this.settleNanos = settle.toNanos();
    }

    /**
     * Nanoseconds until the look can be believed, if the next one is the same; 0 when it can be now. An absent file needs no
     * time: nothing is half absent, and to hold is never wrong.
     */
    long remainingNanos(Look look, long nowNanos) {
        if (!look.equals(candidate)) {
            candidate = look;
            candidateSinceNanos = nowNanos;
        }
        if (look.reading() instanceof Absent) {
            return 0;
        }
        return Math.max(0, settleNanos - (nowNanos - candidateSinceNanos));
    }
}
