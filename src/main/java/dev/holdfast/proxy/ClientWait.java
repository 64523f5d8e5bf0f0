package dev.holdfast.proxy;

/** Since when an exchange has waited for its client, in one direction. Written by one thread at a time. */
final class ClientWait {
    private final ClientWatch watch;
    private final Exchange exchange;
    private final long limitNanos;
    private boolean watched;
    private volatile long sinceNanos; // 0 while it does not wait

    ClientWait(ClientWatch watch, Exchange exchange, long limitNanos) {
        this.watch = watch;
        this.exchange = exchange;
        this.limitNanos = limitNanos;
    }

    Exchange exchange() {
        return exchange;
    }

    /** It waits from now on; nothing new when it did already. */
    void begin() {
        if (sinceNanos == 0) {
            sinceNanos = System.nanoTime() | 1;
            if (!watched) {
                watched = true;
                watch.add(this);
            }
        }
    }

    void end() {
        if (sinceNanos != 0) {
            sinceNanos = 0;
        }
    }

    /** The client did something: if it is waited for at all, then from now on. */
    void restart() {
        if (sinceNanos != 0) {
            sinceNanos = System.nanoTime() | 1;
        }
    }

    /**
     * Its exchange is over. Any thread.
     *
     * @param wait null when it never had to wait
     */
    static void forget(ClientWait wait) {
        if (wait != null) {
            wait.watch.remove(wait);
        }
    }

    boolean isTooLong() {
        long since = sinceNanos;
        return since != 0 && System.nanoTime() - since > limitNanos;
    }
}
