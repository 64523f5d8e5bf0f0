package dev.holdfast.thread;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * One daemon thread, from the first task on, that runs tasks one after the other, now or later. Once it is shut down, it drops what
 * waits for its time and what comes, and throws nothing.
 */
public final class OneThread extends ScheduledThreadPoolExecutor implements AutoCloseable {
    private static final Duration LONGEST_END = Duration.ofSeconds(1);

    private volatile Thread thread; // null before the first task

    public OneThread(String name) {
        super(1);
        setThreadFactory(task -> thread = daemon(task, name));
        setRejectedExecutionHandler(new DiscardPolicy());
        setRemoveOnCancelPolicy(true);
        setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Not started. */
    public static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Interrupts its task, drops all others, and waits for its end: a container takes a thread that is still there for a leak. Not in
     * the thread itself, and not longer than a second, if the task does not heed the interrupt.
     */
    @Override
    public void close() {
        shutdownNow();
        try {
            awaitEnd(LONGEST_END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until the thread has ended, which nobody but {@link #shutdown} and {@link #close} makes it do. */
    public void awaitEnd(Duration longest) throws InterruptedException {
        Thread ending = thread;
        if (ending != null && ending != Thread.currentThread()) {
            ending.join(Math.max(1, longest.toMillis())); // 0 would be for ever
        }
    }
}
