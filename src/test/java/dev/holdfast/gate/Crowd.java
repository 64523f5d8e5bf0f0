package dev.holdfast.gate;

import static dev.holdfast.gate.GateSnapshot.Counts;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many requests that come, wait, go on, come back and end in all orders, and the test's own account of them: what the gate
 * says is measured against it. Thread-safe: any number of threads may {@link #work}.
 */
final class Crowd {
    final Gate gate;
    final AtomicLong announced = new AtomicLong();
    final AtomicLong arrived = new AtomicLong();
    /** How many the site works on now, streams excepted: always fewer than the gate has in flight. */
    final AtomicInteger atTheSite = new AtomicInteger();

    /** How many are there at a time. */
    volatile int atMost = 1;

    private final int size;
    private final CountDownLatch unfinished;
    private final BlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();
    private final Map<Outcome, AtomicLong> ways = new EnumMap<>(Outcome.class);
    private final AtomicLong passed = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();

    Crowd(Gate gate, int size) {
        this.gate = gate;
        this.size = size;
        this.unfinished = new CountDownLatch(size);
        for (Outcome outcome : Outcome.values()) {
            ways.put(outcome, new AtomicLong());
        }
    }

    /** Brings requests and carries on with those that are there, until all have ended. */
    void work() throws InterruptedException {
        while (unfinished.getCount() > 0) {
            if (oneOf(2) && announced.get() - ended() < atMost && announce()) {
                new Request().arrive();
            } else {
                Runnable step = steps.poll(1, TimeUnit.MILLISECONDS);
                if (step != null) {
                    step.run();
                }
            }
        }
    }

    boolean hasEnded() {
        return unfinished.getCount() == 0;
    }

    long ended() {
        return size - unfinished.getCount();
    }

    /** Requests that were told a thing that cannot be, or ended more than once. */
    long wrong() {
        return wrong.get();
    }

    Counts counts() {
        return new Counts(
                size,
                passed.get(),
                ways.get(Outcome.RELEASED).get(),
                ways.get(Outcome.EXPIRED).get(),
                ways.get(Outcome.ABANDONED).get(),
                ways.get(Outcome.REJECTED).get(),
                ways.get(Outcome.REPLACED).get(),
                ways.get(Outcome.POSTPONED).get(),
                ways.get(Outcome.REFUSED).get());
    }

    private boolean announce() {
        return announced.getAndUpdate(before -> Math.min(before + 1, size)) < size;
    }

    private static boolean oneOf(int many) {
        return ThreadLocalRandom.current().nextInt(many) == 0;
    }

    private final class Request implements Waiter {
        private final Object client = ThreadLocalRandom.current().nextInt(20);
        /** Holds that nobody has ended yet: one or none. */
        private final AtomicInteger holds = new AtomicInteger();

        private final AtomicInteger ends = new AtomicInteger();
        private final boolean impatient = oneOf(3);
        private volatile boolean left;

        void arrive() {
            long arrivalNanos = gate.now();
            Passage passage = gate.tryPass(arrivalNanos);
            if (passage != null) {
                arrived.incrementAndGet();
                goOn(passage, false);
                return;
            }
            holds.incrementAndGet();
            HeldRequest held = gate.hold(this, arrivalNanos, client);
            arrived.incrementAndGet();
            waits(held);
        }

        private void waits(HeldRequest held) {
            if (oneOf(10)) {
                steps.add(() -> {
                    if (held.leave(Outcome.ABANDONED)) {
                        holdEnds();
                        end(Outcome.ABANDONED);
                    }
                });
            } else if (oneOf(10)) {
                left = true;
            }
        }

        @Override
        public boolean hasLeft() {
            return left;
        }

        @Override
        public Optional<Duration> patience() {
            return impatient ? Optional.of(Duration.ofNanos(100_000)) : Optional.empty();
        }

        @Override
        public void released(Passage passage) {
            holdEnds();
            steps.add(() -> comesBack(passage));
        }

        @Override
        public void turnedAway(Outcome outcome, String message) {
            holdEnds();
            end(outcome);
        }

        @Override
        public void abandoned() {
            holdEnds();
            end(Outcome.ABANDONED);
        }

        private void comesBack(Passage passage) {
            if (oneOf(10)) {
                passage.abandon();
                end(Outcome.ABANDONED);
            } else if (passage.mayGoOn()) {
                goOn(passage, true);
            } else {
                holdAgain(passage);
            }
        }

        private void goOn(Passage passage, boolean wasHeld) {
            atTheSite.incrementAndGet();
            steps.add(() -> leaveTheSite(passage, wasHeld));
        }

        private void leaveTheSite(Passage passage, boolean wasHeld) {
            if (oneOf(2)) {
                passage.answered();
            }
            atTheSite.decrementAndGet();
            if (oneOf(10)) {
                holdAgain(passage);
                return;
            }
            if (oneOf(10)) {
                passage.becomeStream();
            }
            if (oneOf(4)) {
                steps.add(passage::answered);
                steps.add(passage::end);
            }
            passage.end();
            if (wasHeld) {
                end(Outcome.RELEASED);
            } else {
                end(passed);
            }
        }

        private void holdAgain(Passage passage) {
            holds.incrementAndGet();
            waits(gate.holdAgain(passage, this, client, null));
        }

        private void holdEnds() {
            if (holds.decrementAndGet() != 0) {
                wrong.incrementAndGet();
            }
        }

        private void end(Outcome outcome) {
            end(ways.get(outcome));
        }

        private void end(AtomicLong way) {
            way.incrementAndGet();
            if (ends.incrementAndGet() != 1) {
                wrong.incrementAndGet();
            }
            unfinished.countDown();
        }
    }
}
