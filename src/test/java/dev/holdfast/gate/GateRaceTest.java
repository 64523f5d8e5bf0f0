package dev.holdfast.gate;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.HoldSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Real threads against each other: nobody lost, nobody told twice, nobody at the site while it is said to be idle. */
@Timeout(30)
class GateRaceTest {
    private static final int RELEASE_CONCURRENCY = 8;
    private static final int ROUNDS = 300;
    private static final int MOST_AT_A_TIME = 150;
    /** So few that the line empties and newcomers pass. */
    private static final int FEW_AT_A_TIME = 5;

    private static final long LONGEST_PHASE_NANOS = 500_000;

    /** Rejects some, lets some expire. */
    private static final HoldSettings TIGHT =
            new HoldSettings(Duration.ofMillis(3), Duration.ofSeconds(10), 120, 15, RELEASE_CONCURRENCY);

    private static final HoldSettings PATIENT =
            new HoldSettings(Duration.ofHours(1), Duration.ofHours(1), 10_000, 0, RELEASE_CONCURRENCY);

    @RegisterExtension
    final LogCapture log = new LogCapture();

    private final RealGateThread thread = new RealGateThread();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
        thread.close();
    }

    @RepeatedTest(10)
    void everyRequestEndsOnceHoweverTheGateIsFlipped() throws Exception {
        Gate gate = gate(TIGHT);
        Crowd crowd = new Crowd(gate, 5_000);

        run(
                crowd::work,
                crowd::work,
                crowd::work,
                () -> flip(crowd, Reason.BALANCE_FILE),
                () -> flip(crowd, Reason.UPSTREAM),
                () -> checkCounts(crowd));

        thread.settle();
        GateSnapshot end = gate.snapshot();
        assertAll(
                () -> assertEquals(0, crowd.wrong(), "told twice, or a thing that cannot be"),
                () -> assertEquals(crowd.counts(), end.counts()),
                () -> assertEquals(0, end.held(), "held"),
                () -> assertEquals(0, end.inFlight(), "in flight"),
                () -> assertEquals(0, end.streams(), "streams"),
                () -> assertEquals(List.of(), log.warnings()));
        assertAllPermitsAreBack(gate);
    }

    /** The filter asks, is told to wait, and waits: the gate may open before, between and after. */
    @RepeatedTest(10)
    void openingLeavesNobodyBehind() throws Exception {
        Gate gate = gate(PATIENT);
        for (int round = 0; round < ROUNDS; round++) {
            gate.close(Reason.BALANCE_FILE, "absent");
            CountDownLatch gone = new CountDownLatch(1);

            run(() -> gate.open(Reason.BALANCE_FILE), () -> {
                long arrivalNanos = gate.now();
                Passage passage = gate.tryPass(arrivalNanos);
                Leaver leaver = new Leaver(gone);
                if (passage == null) {
                    gate.hold(leaver, arrivalNanos, null);
                } else {
                    leaver.released(passage);
                }
            });

            assertTrue(gone.await(10, TimeUnit.SECONDS), () -> gate.snapshot().toString());
        }
        assertEquals(ROUNDS, gate.snapshot().counts().arrived());
    }

    @RepeatedTest(10)
    void clientThatLeavesDuringTheReleaseIsEitherReleasedOrAbandoned() throws Exception {
        Gate gate = gate(PATIENT);
        for (int round = 0; round < ROUNDS; round++) {
            gate.close(Reason.BALANCE_FILE, "absent");
            AtomicInteger ends = new AtomicInteger();
            CountDownLatch gone = new CountDownLatch(1);
            HeldRequest held = gate.hold(
                    new Leaver(gone) {
                        @Override
                        public void released(Passage passage) {
                            ends.incrementAndGet();
                            super.released(passage);
                        }
                    },
                    gate.now(),
                    null);

            run(() -> gate.open(Reason.BALANCE_FILE), () -> {
                if (held.leave(Outcome.ABANDONED)) {
                    ends.incrementAndGet();
                    gone.countDown();
                }
            });

            assertTrue(gone.await(10, TimeUnit.SECONDS));
            thread.settle();
            assertEquals(1, ends.get());
        }
        assertEquals(0, gate.snapshot().inFlight());
        assertEquals(ROUNDS, GateUnderTest.accountedFor(gate.snapshot()));
    }

    @RepeatedTest(10)
    void drainIsToldWhetherTheLastEndsBeforeOrAfterTheGateIsClosed() throws Exception {
        Gate gate = gate(PATIENT);
        AtomicInteger told = new AtomicInteger();
        gate.onDrained(told::incrementAndGet);
        for (int round = 0; round < ROUNDS; round++) {
            Passage last = gate.tryPass(gate.now());
            told.set(0);

            run(() -> gate.close(Reason.BALANCE_FILE, "absent"), last::end);

            assertTrue(gate.isDrained());
            assertTrue(told.get() > 0);
            gate.open(Reason.BALANCE_FILE);
        }
    }

    @RepeatedTest(10)
    void passageEndsOrIsHeldAgainButNotBoth() throws Exception {
        Gate gate = gate(PATIENT);
        gate.close(Reason.UPSTREAM, "refused");
        for (int round = 0; round < ROUNDS; round++) {
            gate.open(Reason.UPSTREAM);
            Passage passage = gate.tryPass(gate.now());
            gate.close(Reason.UPSTREAM, "refused");
            AtomicReference<HeldRequest> held = new AtomicReference<>();

            run(passage::end, () -> {
                try {
                    held.set(gate.holdAgain(passage, new Visitor(null), null));
                } catch (IllegalStateException expected) {
                    // The end came first.
                }
            });

            assertTrue(gate.isDrained());
            assertEquals(held.get() == null ? 0 : 1, gate.snapshot().held());
            assertEquals(round + 1, GateUnderTest.accountedFor(gate.snapshot()));
            if (held.get() != null) {
                held.get().leave(Outcome.ABANDONED);
            }
        }
    }

    /** One source of closing. As long as its own reason stands, a drained gate stays drained. */
    private static void flip(Crowd crowd, Reason reason) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        while (!crowd.hasEnded()) {
            crowd.atMost = MOST_AT_A_TIME;
            if (random.nextInt(20) == 0) {
                crowd.gate.refuse(reason, "away");
            } else {
                crowd.gate.close(reason, "absent");
            }
            long openNanos = System.nanoTime() + random.nextLong(LONGEST_PHASE_NANOS);
            while (System.nanoTime() - openNanos < 0) {
                if (crowd.gate.isDrained()) {
                    assertEquals(0, crowd.atTheSite.get(), "at the site while it is said to be idle");
                }
                Thread.yield();
            }
            crowd.gate.open(reason);
            crowd.atMost = random.nextBoolean() ? MOST_AT_A_TIME : FEW_AT_A_TIME;
            long closeNanos = System.nanoTime() + random.nextLong(LONGEST_PHASE_NANOS);
            while (System.nanoTime() - closeNanos < 0 && !crowd.hasEnded()) {
                Thread.yield();
            }
        }
    }

    private static void checkCounts(Crowd crowd) {
        while (!crowd.hasEnded()) {
            long atLeast = crowd.arrived.get();
            GateSnapshot now = crowd.gate.snapshot();
            long atMost = crowd.announced.get();

            long arrived = now.counts().arrived();
            assertEquals(arrived, GateUnderTest.accountedFor(now), now::toString);
            assertTrue(atLeast <= arrived && arrived <= atMost, () -> atLeast + " " + arrived + " " + atMost);
            Thread.yield();
        }
    }

    private void assertAllPermitsAreBack(Gate gate) throws Exception {
        gate.close(Reason.BALANCE_FILE, "absent");
        long noneExpires = gate.now() + Duration.ofHours(1).toNanos();
        List<Visitor> waiting = new ArrayList<>();
        for (int each = 0; each < RELEASE_CONCURRENCY + 3; each++) {
            Visitor visitor = new Visitor(each);
            gate.hold(visitor, noneExpires, each);
            waiting.add(visitor);
        }

        gate.open(Reason.BALANCE_FILE);
        thread.settle();

        assertEquals(
                RELEASE_CONCURRENCY,
                waiting.stream()
                        .filter(each -> each.told.equals(List.of("released")))
                        .count(),
                "permits");
    }

    private Gate gate(HoldSettings settings) {
        return new Gate("site", settings, System::nanoTime, thread);
    }

    /** At the same time. The first failure is thrown. */
    private void run(Work... works) throws Exception {
        CompletionService<Void> running = new ExecutorCompletionService<>(threads);
        CyclicBarrier start = new CyclicBarrier(works.length);
        for (Work work : works) {
            running.submit(() -> {
                start.await();
                work.run();
                return null;
            });
        }
        for (int each = 0; each < works.length; each++) {
            Future<Void> ended = running.poll(20, TimeUnit.SECONDS);
            assertNotNull(ended, "somebody waits for ever");
            ended.get();
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    /** Goes on and ends at once. */
    private static class Leaver implements Waiter {
        private final CountDownLatch gone;

        Leaver(CountDownLatch gone) {
            this.gone = gone;
        }

        @Override
        public boolean hasLeft() {
            return false;
        }

        @Override
        public void released(Passage passage) {
            passage.end();
            gone.countDown();
        }

        @Override
        public void turnedAway(Outcome outcome, String message) {
            throw new AssertionError(outcome);
        }

        @Override
        public void abandoned() {
            throw new AssertionError();
        }
    }
}
