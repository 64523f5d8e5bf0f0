package dev.holdfast.gate;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One real thread, stopped when closed. Without timers on demand: no sweep then makes good for a wake-up that was lost. */
final class RealGateThread implements GateThread, AutoCloseable {
    private final ScheduledThreadPoolExecutor executor =
            new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "gate"));
    private final boolean withTimers;

    RealGateThread(boolean withTimers) {
        this.withTimers = withTimers;
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    @Override
    public void schedule(Runnable task, Duration delay) {
        if (withTimers) {
            executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Waits until all that was asked for so far is done, timers excepted. */
    void settle() throws Exception {
        executor.submit(() -> {}).get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
