package dev.holdfast.cluster;

import static dev.holdfast.config.Durations.inSeconds;

import dev.holdfast.gate.Lease;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * For how long what is known of the switch may be relied on. A process that was paused cannot know what it missed; but it can tell
 * that time has passed. Thread-safe: written on the cluster thread, asked for every request.
 */
public final class Knowledge implements Lease {
    private final LongSupplier clock;
    private volatile long heardNanos;
    private volatile long validUntilNanos;

    /** Of nothing. @param clock nanoseconds, as {@link System#nanoTime()} */
    public Knowledge(LongSupplier clock) {
        this.clock = clock;
        this.heardNanos = clock.getAsLong();
        this.validUntilNanos = heardNanos - 1;
    }

    @Override
    public boolean isValid() {
        return validUntilNanos - clock.getAsLong() >= 0;
    }

    @Override
    public String lapse() {
        return "the fleet's switch was read " + inSeconds(age()) + " ago, and has to be read again first";
    }

    /** From the question that was answered last, or from the start where none was. */
    Duration age() {
        return Duration.ofNanos(Math.max(0, clock.getAsLong() - heardNanos));
    }

    void heard(long askedNanos) {
        heardNanos = askedNanos;
    }

    /** Not to an earlier time. */
    void validUntil(long nanos) {
        if (nanos - validUntilNanos > 0) {
            validUntilNanos = nanos;
        }
    }

    void isWorthNothing() {
        validUntilNanos = clock.getAsLong() - 1;
    }
}
