package dev.holdfast.web;

import dev.holdfast.gate.GateThread;
import dev.holdfast.thread.OneThread;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The gate's thread. Nobody is held any more when it is closed. */
final class GateTimer implements GateThread, AutoCloseable {
    private final OneThread thread;

    GateTimer(String name) {
        thread = new OneThread(name);
    }

    @Override
    public void execute(Runnable task) {
        thread.execute(task);
    }

    @Override
    public void schedule(Runnable task, Duration delay) {
        thread.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        thread.close();
    }
}
