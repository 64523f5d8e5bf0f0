package dev.holdfast.web;

import dev.holdfast.gate.GateThread;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The gate's thread. What is asked of it after {@link #close} does not happen. */
final class GateTimer implements GateThread, AutoCloseable {
    private final ScheduledThreadPoolExecutor executor;

    GateTimer(String name) {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public void execute(Runnable task) {
        schedule(task, Duration.ZERO);
    }

    @Override
    public void schedule(Runnable task, Duration delay) {
        try {
            executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            // Nobody is held any more when it is closed.
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
