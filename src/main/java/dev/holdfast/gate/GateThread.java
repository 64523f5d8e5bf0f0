package dev.holdfast.gate;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The one thread that releases and turns away: runs tasks one after the other, in the order in which they came. Its owner
 * stops it when nobody is held any more; from then on it drops what it is given, and throws nothing.
 */
public interface GateThread extends Executor {
    /** Runs the task once, after the delay. Never runs it in the calling thread. */
    void schedule(Runnable task, Duration delay);

    /** @param thread one, which stays the caller's, who stops it */
    static GateThread of(ScheduledExecutorService thread) {
        return new GateThread() {
            @Override
            public void execute(Runnable task) {
                thread.execute(task);
            }

            @Override
            public void schedule(Runnable task, Duration delay) {
                thread.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            }
        };
    }
}
