package dev.holdfast.cluster;

import java.time.Duration;
import java.util.function.Supplier;

/** Says when there is something to report that is worth a write. Confined to the link thread. */
final class Reporting {
    private static final long HALF_A_SECOND = Duration.ofMillis(500).toNanos();
    private static final long WHILE_OPEN = Duration.ofSeconds(10).toNanos();
    private static final int BURST = 2;

    private final Supplier<NodeReport> source;
    private NodeReport told; // null at first
    private NodeReport next; // null at first
    private long toldNanos;
    private int burst = BURST;
    private long burstNanos = System.nanoTime();

    Reporting(Supplier<NodeReport> source) {
        this.source = source;
    }

    /** A new state at once, so that "drained" need not wait behind "holding"; numbers now and then. Twice a second at most, on average. */
    boolean isDue() {
        long now = System.nanoTime();
        int earned = (int) Math.min(BURST, (now - burstNanos) / HALF_A_SECOND);
        if (earned > 0) {
            burst = Math.min(BURST, burst + earned);
            burstNanos = now;
        }
        NodeReport report = source.get();
        return burst > 0 && !report.equals(told) && (isNews(report) || now - toldNanos >= pause(report));
    }

    /** To be written. */
    NodeReport next() {
        next = source.get();
        burst--;
        return next;
    }

    /** It is written; what is not, because the connection broke, is due again. */
    void told() {
        told = next;
        toldNanos = System.nanoTime();
    }

    private boolean isNews(NodeReport now) {
        return told == null || now.state() != told.state() || now.version() != told.version();
    }

    private static long pause(NodeReport now) {
        return now.state() == NodeReport.State.OPEN && now.held() == 0 ? WHILE_OPEN : HALF_A_SECOND;
    }
}
