package dev.holdfast.gate;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Admission in one atomic step: "is the way free?" and "one more in flight" are a single compare-and-set on one word, so
 * that nobody slips through after the gate was seen drained. Thread-safe.
 *
 * <pre>
 *   63                    22 21             2   1     0
 *   | passed, wraps around | in flight       | line | shut |
 * </pre>
 */
final class Turnstile {
    /** More than any container can have open. */
    static final int MOST_IN_FLIGHT = (1 << 20) - 1;

    private static final long SHUT = 1;
    private static final long LINE = 1 << 1;
    private static final long ONE_IN_FLIGHT = 1 << 2;
    private static final long ONE_PASSED = 1 << 22;

    private final AtomicLong word = new AtomicLong();

    /** Passes, if the gate is open and nobody waits. */
    boolean tryPass() {
        for (; ; ) {
            long seen = word.get();
            if ((seen & (SHUT | LINE)) != 0) {
                return false;
            }
            if (word.compareAndSet(seen, seen + ONE_PASSED + ONE_IN_FLIGHT)) {
                return true;
            }
        }
    }

    /** A request of the waiting line goes in flight. Only under the room's monitor, which keeps the gate open meanwhile. */
    void admit() {
        word.addAndGet(ONE_IN_FLIGHT);
    }

    /** Returns whether the site is idle now: shut, and this was the last one in flight. */
    boolean leave() {
        return isDrained(word.addAndGet(-ONE_IN_FLIGHT));
    }

    /** A request that had passed goes into the waiting line after all. Returns whether the site is idle now. */
    boolean unpass() {
        return isDrained(word.addAndGet(-ONE_PASSED - ONE_IN_FLIGHT));
    }

    void shut(boolean shut) {
        set(SHUT, shut);
    }

    /** While there is a line, newcomers join its end. */
    void line(boolean line) {
        set(LINE, line);
    }

    boolean isShut() {
        return (word.get() & SHUT) != 0;
    }

    boolean isDrained() {
        return isDrained(word.get());
    }

    /** Requests that passed without being held. Taken together with {@link #inFlight(long)} from one {@link #read()}. */
    static long passed(long read) {
        return read >>> 22;
    }

    static int inFlight(long read) {
        return (int) (read >>> 2) & MOST_IN_FLIGHT;
    }

    long read() {
        return word.get();
    }

    private void set(long flag, boolean on) {
        word.updateAndGet(seen -> on ? seen | flag : seen & ~flag);
    }

    private static boolean isDrained(long read) {
        return (read & SHUT) != 0 && inFlight(read) == 0;
    }
}
