package dev.holdfast.cluster;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Says when there is something to report that is worth a write. Confined to the link thread. */
final class Reporting {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long WHILE_OPEN = Duration.ofSeconds(10).toNanos();

    private final Supplier<NodeReport> source;
    private final LongSupplier clock;
    private NodeReport told; // null at first
    private NodeReport next; // null at first
    private long toldNanos;
    private long lastNanos;
    private long lastButOneNanos;

    Reporting(Supplier<NodeReport> source, LongSupplier clock) {
        this.source = source;
        this.clock = clock;
        this.lastNanos = clock.getAsLong() - SECOND;
        this.lastButOneNanos = lastNanos;
    }

    /** A new state at once, so that "drained" need not wait behind "holding" or a number; numbers now and then. At most two in any second. */
    boolean isDue() {
        long now = clock.getAsLong();
        NodeReport report = source.get();
        return now - lastButOneNanos >= SECOND
                && !report.equals(told)
                && (isNews(report) || now - toldNanos >= pause(report));
    }

    /** To be written. */
    NodeReport next() {
        next = source.get();
        lastButOneNanos = lastNanos;
        lastNanos = clock.getAsLong();
        return next;
    }

    /** It is written; what is not, because the connection broke, is due again. */
    void told() {
        told = next;
        toldNanos = clock.getAsLong();
    }

    private boolean isNews(NodeReport now) {
        return told == null || now.state() != told.state() || now.version() != told.version();
    }

    private static long pause(NodeReport now) {
        return now.state() == NodeReport.State.OPEN && now.held() == 0 ? WHILE_OPEN : SECOND;
    }
}
