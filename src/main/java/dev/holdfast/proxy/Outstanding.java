package dev.holdfast.proxy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Counts what is begun and not ended, and lets the one thread that stops everything wait for the last. Thread-safe. */
public final class Outstanding {
    private final AtomicInteger count = new AtomicInteger();
    private volatile Thread waiter;

    public void began() {
        count.incrementAndGet();
    }

    public void ended() {
        if (count.decrementAndGet() == 0) {
            LockSupport.unpark(waiter); // null is fine
        }
    }

    /** Waits until there is none, at most so long; one thread at a time. Returns whether there is none. */
    public boolean awaitNone(Duration longest) {
        long deadline = System.nanoTime() + longest.toNanos();
        waiter = Thread.currentThread();
        try {
            for (long left = longest.toNanos(); count.get() > 0; left = deadline - System.nanoTime()) {
                if (left <= 0 || Thread.currentThread().isInterrupted()) {
                    return false;
                }
                LockSupport.parkNanos(this, left);
            }
            return true;
        } finally {
            waiter = null;
        }
    }
}
