package dev.holdfast.balance;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;

/** The thread on which one site's balance file is looked at, one look after the other. Thread-safe. */
final class BalanceThread {
    private final ScheduledThreadPoolExecutor executor;
    private final Runnable look;
    private final AtomicBoolean lookWanted = new AtomicBoolean();
    private volatile Thread thread; // null before the first task
    private Future<?> nextLook; // confined to the thread itself; null before the first lookIn

    /** @param look must not throw: a poll that does would be the last one */
    BalanceThread(String name, Runnable look) {
        this.look = look;
        executor = new ScheduledThreadPoolExecutor(1, task -> thread = daemon(task, name));
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    void start(Runnable first, Duration pollInterval) {
        executor.execute(first);
        executor.scheduleWithFixedDelay(this::lookNow, 0, pollInterval.toNanos(), NANOSECONDS);
    }

    /** Any thread, never blocks. However often it is called, at most one look waits for its turn. */
    void lookSoon() {
        if (lookWanted.compareAndSet(false, true)) {
            try {
                executor.execute(this::lookNow);
            } catch (RejectedExecutionException expected) {
                // Stopped: nobody looks any more.
            }
        }
    }

    /** Once more after the delay, which replaces the one asked for before. Called by the look. */
    void lookIn(long delayNanos) {
        if (nextLook != null) {
            nextLook.cancel(false);
        }
        nextLook = executor.schedule(this::lookNow, delayNanos, NANOSECONDS);
    }

    /** Once, besides the looks. Called on this thread. */
    void runIn(Runnable task, Duration delay) {
        executor.schedule(task, delay.toNanos(), NANOSECONDS);
    }

    /**
     * Runs the last task, after which there is no look, and ends; waits for that no longer than {@code patience}. A second
     * call does nothing.
     */
    void stop(Runnable last, Duration patience) throws InterruptedException {
        try {
            executor.execute(() -> {
                executor.shutdown();
                last.run();
            });
            thread.join(patience.toMillis());
        } catch (RejectedExecutionException expected) {
            // Stopped before.
        }
    }

    private void lookNow() {
        lookWanted.set(false); // before the look, so that what happens during it leads to another
        look.run();
    }
}
