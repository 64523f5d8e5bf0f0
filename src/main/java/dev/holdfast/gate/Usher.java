package dev.holdfast.gate;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * What happens on the gate thread: tells those who leave the line, oldest first, and looks whether their time is over. Without
 * a timer while nobody waits.
 */
final class Usher {
    private static final Duration SWEEP_EACH = Duration.ofSeconds(1);

    /** A steep ramp need not be followed more closely. */
    private static final Duration SHORTEST_TIMER = Duration.ofMillis(5);

    private final WaitingRoom room;
    private final LongSupplier clock;
    private final GateThread thread;
    private final GateJournal journal;
    private final Runnable afterLeaving;
    private final AtomicBoolean advancing = new AtomicBoolean();
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private long lastSweepNanos; // by whoever set sweeping
    private boolean timed; // on the gate thread, like all below
    private long timedNanos;

    /** @param afterLeaving run each time that some may have left; must not throw */
    Usher(WaitingRoom room, LongSupplier clock, GateThread thread, GateJournal journal, Runnable afterLeaving) {
        this.room = room;
        this.clock = clock;
        this.thread = thread;
        this.journal = journal;
        this.afterLeaving = afterLeaving;
    }

    /** Something changed that may let somebody leave the line. Any thread. */
    void wake() {
        if (room.untilReleaseNanos() != Long.MAX_VALUE || room.hasNext()) {
            advanceSoon();
        }
    }

    private void advanceSoon() {
        if (advancing.compareAndSet(false, true)) {
            thread.execute(this::advance);
        }
    }

    /** Somebody joined the line. Any thread. */
    void watch() {
        wake();
        if (sweeping.compareAndSet(false, true)) {
            lastSweepNanos = clock.getAsLong();
            scheduleSweep();
        }
    }

    /** Somebody is back in the line, whose deadline may come before the next sweep. Any thread. */
    void watchAgain() {
        watch();
        long untilDeadlineNanos = room.untilDeadlineNanos();
        if (untilDeadlineNanos < SWEEP_EACH.toNanos()) {
            schedule(this::wake, untilDeadlineNanos);
        }
    }

    /** One who left the line for a newcomer. Any thread. */
    void tellSoon(Departure departure) {
        thread.execute(() -> tell(departure));
    }

    private void advance() {
        // Cleared before the look: T1 finds nobody, T2 changes something and does not wake us, would be a lost wake-up.
        advancing.set(false);
        for (Departure next = room.next(); next != null; next = room.next()) {
            tell(next);
        }
        afterLeaving.run();
        advanceInTime();
    }

    /** The first of the line may get its turn by the clock alone: the next canary, or the next step of a ramp. */
    private void advanceInTime() {
        long untilNanos = room.untilReleaseNanos();
        if (untilNanos == Long.MAX_VALUE) {
            return;
        }
        long dueNanos = clock.getAsLong() + untilNanos;
        if (!timed || dueNanos - timedNanos < 0) {
            timed = true;
            timedNanos = dueNanos;
            schedule(
                    () -> {
                        timed = timed && timedNanos != dueNanos; // a later one is of no use any more
                        advance();
                    },
                    Math.max(untilNanos, SHORTEST_TIMER.toNanos()));
        }
    }

    private void tell(Departure departure) {
        Passage passage = departure.passage();
        Waiter waiter = departure.waiter();
        if (passage == null) {
            tell(departure.outcome(), () -> waiter.turnedAway(departure.outcome(), departure.message()));
        } else if (hasLeft(waiter)) {
            passage.abandon();
            tell(Outcome.ABANDONED, waiter::abandoned);
        } else if (!tell(Outcome.RELEASED, () -> waiter.released(passage))) {
            passage.end();
        }
    }

    /** Returns whether it went well. What is thrown, were it the Error of a missing class, concerns nobody else in the line. */
    private boolean tell(Outcome outcome, Runnable telling) {
        try {
            telling.run();
            return true;
        } catch (RuntimeException | Error e) {
            journal.waiterFailed(outcome, e);
            return false;
        }
    }

    /** One who cannot say it is taken for still there: else nobody would tell it anything. */
    private boolean hasLeft(Waiter waiter) {
        try {
            return waiter.hasLeft();
        } catch (RuntimeException | Error e) {
            journal.askingFailed(e);
            return false;
        }
    }

    private void scheduleSweep() {
        long untilSweepNanos = lastSweepNanos + SWEEP_EACH.toNanos() - clock.getAsLong();
        schedule(this::sweep, Math.min(untilSweepNanos, room.untilDeadlineNanos()));
    }

    private void schedule(Runnable task, long delayNanos) {
        thread.schedule(task, Duration.ofNanos(Math.max(1, delayNanos)));
    }

    private void sweep() {
        long now = clock.getAsLong();
        if (now - lastSweepNanos >= SWEEP_EACH.toNanos()) {
            lastSweepNanos = now;
            room.lookAtPace();
        }
        advance();
        // T1 (here) sees an empty line, T2 joins it and sees that a sweep is due: so T1 says first that none is, then
        // looks.
        sweeping.set(false);
        if (room.untilDeadlineNanos() != Long.MAX_VALUE && sweeping.compareAndSet(false, true)) {
            scheduleSweep();
        }
    }
}
