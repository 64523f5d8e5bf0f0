package dev.holdfast.gate;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * The one thread that releases and turns away: runs tasks one after the other, in the order in which they came. Its owner
 * stops it when nobody is held any more; from then on it drops what it is given, and throws nothing.
 */
public interface GateThread extends Executor {
    /** Runs the task once, after the delay. Never runs it in the calling thread. */
    void schedule(Runnable task, Duration delay);
}
