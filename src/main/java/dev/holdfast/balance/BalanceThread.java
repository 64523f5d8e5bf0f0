package dev.holdfast.balance;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.holdfast.thread.OneThread;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** The thread on which one site's balance file is looked at, one look after the other. Thread-safe. */
final class BalanceThread {
    private final OneThread thread;
    private final Runnable look;
    private final AtomicBoolean lookWanted = new AtomicBoolean();
    private Future<?> nextLook; // confined to the thread itself; null before the first lookIn

    /** @param look must not throw: a poll that does would be the last one */
    BalanceThread(String name, Runnable look) {
        this.look = look;
        thread = new OneThread(name);
    }

    void start(Runnable first, Duration pollInterval) {
        thread.execute(first);
        thread.scheduleWithFixedDelay(this::lookNow, 0, pollInterval.toNanos(), NANOSECONDS);
    }

    /** Any thread, never blocks. However often it is called, at most one look waits for its turn. */
    void lookSoon() {
        if (lookWanted.compareAndSet(false, true)) {
            thread.execute(this::lookNow);
        }
    }

    /** Once more after the delay, which replaces the one asked for before. Called by the look. */
    void lookIn(long delayNanos) {
        if (nextLook != null) {
            nextLook.cancel(false);
        }
        nextLook = thread.schedule(this::lookNow, delayNanos, NANOSECONDS);
    }

    /** Once, besides the looks. Called on this thread. */
    void runIn(Runnable task, Duration delay) {
        thread.schedule(task, delay.toNanos(), NANOSECONDS);
    }

    /**
     * Runs the last task, after which there is no look, and ends; waits for that no longer than {@code patience}. A second
     * call does nothing.
     */
    void stop(Runnable last, Duration patience) throws InterruptedException {
        thread.execute(() -> {
            thread.shutdown();
            last.run();
        });
        thread.awaitEnd(patience);
    }

    private void lookNow() {
        lookWanted.set(false); // before the look, so that what happens during it leads to another
        look.run();
    }
}
