package dev.holdfast.status;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** How many durations fell into which range, and their sum. Thread-safe; to add one takes no lock and no memory. */
final class DurationCounts {
    private final long[] boundsNanos;
    private final LongAdder[] counts;
    private final LongAdder sumNanos = new LongAdder();

    /** @param boundsMillis upper bounds, inclusive and ascending; what is longer than the last is counted too */
    DurationCounts(long... boundsMillis) {
        boundsNanos = new long[boundsMillis.length];
        counts = new LongAdder[boundsMillis.length + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
            if (i < boundsNanos.length) {
                boundsNanos[i] = TimeUnit.MILLISECONDS.toNanos(boundsMillis[i]);
            }
        }
    }

    void add(long nanos) {
        int range = 0;
        while (range < boundsNanos.length && nanos > boundsNanos[range]) {
            range++;
        }
        counts[range].increment();
        sumNanos.add(nanos);
    }

    Durations view() {
        double[] bounds = new double[counts.length];
        long[] found = new long[counts.length];
        for (int i = 0; i < counts.length; i++) {
            bounds[i] = i < boundsNanos.length ? boundsNanos[i] / 1e9 : Double.POSITIVE_INFINITY;
            found[i] = counts[i].sum();
        }
        return new Durations(bounds, found, sumNanos.sum() / 1e9);
    }

    /**
     * Not to be changed.
     *
     * @param bounds upper ones, in seconds; the last is infinite
     * @param counts of each range alone
     * @param sum in seconds
     */
    record Durations(double[] bounds, long[] counts, double sum) {}
}
