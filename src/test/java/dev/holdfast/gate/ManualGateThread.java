package dev.holdfast.gate;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.LongSupplier;

/** A gate thread and its clock, which move only when they are told to. Confined to the test's thread. */
final class ManualGateThread implements GateThread, LongSupplier {
    private record Timer(long dueNanos, Runnable task) {}

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Queue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(this::untilDue));
    /** System.nanoTime() may start anywhere: in each test that lets three seconds pass it wraps around. */
    private long nowNanos = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos();

    @Override
    public long getAsLong() {
        return nowNanos;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void schedule(Runnable task, Duration delay) {
        timers.add(new Timer(nowNanos + delay.toNanos(), task));
    }

    /** Runs what waits to be run, and what that asks for. */
    void runAll() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Lets the time pass, and runs each timer at its time. */
    void elapse(Duration time) {
        long endNanos = nowNanos + time.toNanos();
        runAll();
        while (!timers.isEmpty() && timers.peek().dueNanos() - endNanos <= 0) {
            Timer next = timers.poll();
            nowNanos = next.dueNanos();
            next.task().run();
            runAll();
        }
        nowNanos = endNanos;
    }

    /** Lets the time pass while the thread does not get to its work. */
    void oversleep(Duration time) {
        nowNanos += time.toNanos();
    }

    boolean isIdle() {
        return tasks.isEmpty();
    }

    boolean hasNothingToDo() {
        return isIdle() && timers.isEmpty();
    }

    private long untilDue(Timer timer) {
        return timer.dueNanos() - nowNanos;
    }
}
