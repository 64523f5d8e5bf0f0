package dev.holdfast.gate;

import java.time.Duration;
import java.util.concurrent.Executor;

/** The one thread that releases and turns away: runs tasks one after the other, in the order in which they came. */
public interface GateThread extends Executor {
    /** Runs the task once, after the delay. Never runs it in the calling thread. */
    void schedule(Runnable task, Duration delay);
}
