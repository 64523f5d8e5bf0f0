package dev.holdfast.gate;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.HoldSettings;
import dev.holdfast.config.ReleaseSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CountDownLatch;
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
    private static final int ROUNDS = 200;
    private static final int MOST_AT_A_TIME = 150;
    /** So few that the line empties and newcomers pass. */
    private static final int FEW_AT_A_TIME = 5;

    private static final long LONGEST_PHASE_NANOS = 500_000;

    /** Rejects some, lets some expire. */
    private static final HoldSettings TIGHT = new HoldSettings(
            Duration.ofMillis(3),
            Duration.ofSeconds(10),
            120,
            15,
            new ReleaseSettings(RELEASE_CONCURRENCY, false, Duration.ZERO));

    private static final HoldSettings PATIENT = new HoldSettings(
            Duration.ofHours(1),
            Duration.ofHours(1),
            10_000,
            0,
            new ReleaseSettings(RELEASE_CONCURRENCY, false, Duration.ZERO));

    @RegisterExtension
    final LogCapture log = new LogCapture();

    private final RealGateThread thread = new RealGateThread(true);
    private final RealGateThread threadWithoutTimers = new RealGateThread(false);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
        thread.close();
        threadWithoutTimers.close();
    }

    @RepeatedTest(10)
    void everyRequestEndsOnceHoweverTheGateIsFlipped() throws Exception {
        Gate gate = gate(TIGHT, thread);
        Crowd crowd = new Crowd(gate, 5_000);

        run(
                crowd::work,
                crowd::work,
                crowd::work,
                () -> flip(crowd, Reason.BALANCE_FILE),
                () -> flip(crowd, Reason.UPSTREAM),
                () -> checkCounts(crowd));

        GateSnapshot end = gate.snapshot();
        assertAll(
                () -> assertEquals(0, crowd.wrong(), "told twice, or a thing that cannot be"),
                () -> assertEquals(crowd.counts(), end.counts()),
                () -> assertEquals(0, end.held(), "held"),
                () -> assertEquals(0, end.inFlight(), "in flight"),
                () -> assertEquals(0, end.streams(), "streams"),
                () -> assertEquals(List.of(), log.warnings()));
        assertAllPermitsAreBack(gate, thread);
    }

    /** The filter asks, is told to wait, and waits: the gate may open before, between and after. */
    @RepeatedTest(10)
    void openingLeavesNobodyBehind() throws Exception {
        Gate gate = gate(PATIENT, threadWithoutTimers);
        for (int round = 0; round < ROUNDS; round++) {
            gate.close(Reason.BALANCE_FILE, "absent");
            CountDownLatch gone = new CountDownLatch(1);

            run(() -> gate.open(Reason.BALANCE_FILE), () -> {
                long arrivalNanos = gate.now();
                Passage passage = gate.tryPass(arrivalNanos);
                Goer goer = new Goer(released -> {
                    released.end();
                    gone.countDown();
                });
                if (passage == null) {
                    gate.hold(goer, arrivalNanos, null);
                } else {
                    goer.released(passage);
                }
            });

            assertTrue(gone.await(10, TimeUnit.SECONDS), () -> gate.snapshot().toString());
        }
        assertEquals(ROUNDS, gate.snapshot().counts().arrived());
    }

    @RepeatedTest(10)
    void clientThatLeavesDuringTheReleaseIsEitherReleasedOrAbandoned() throws Exception {
        Gate gate = gate(PATIENT, threadWithoutTimers);
        for (int round = 0; round < ROUNDS; round++) {
            gate.close(Reason.BALANCE_FILE, "absent");
            AtomicInteger ends = new AtomicInteger();
            CountDownLatch gone = new CountDownLatch(1);
            Goer goer = new Goer(passage -> {
                ends.incrementAndGet();
                passage.end();
                gone.countDown();
            });
            HeldRequest held = gate.hold(goer, gate.now(), null);

            run(() -> gate.open(Reason.BALANCE_FILE), () -> {
                if (held.leave(Outcome.ABANDONED)) {
                    ends.incrementAndGet();
                    gone.countDown();
                }
            });

            assertTrue(gone.await(10, TimeUnit.SECONDS));
            threadWithoutTimers.settle();
            assertEquals(1, ends.get());
        }
        assertEquals(0, gate.snapshot().inFlight());
        assertEquals(ROUNDS, GateUnderTest.accountedFor(gate.snapshot()));
    }

    /** The thread that returns the only permit races with the gate thread, which has just found none. */
    @RepeatedTest(10)
    void eachPermitThatComesBackLetsTheNextGo() throws Exception {
        HoldSettings oneByOne = new HoldSettings(
                Duration.ofHours(1), Duration.ofHours(1), 10_000, 0, new ReleaseSettings(1, false, Duration.ZERO));
        Gate gate = gate(oneByOne, threadWithoutTimers);
        gate.close(Reason.BALANCE_FILE, "absent");
        AtomicReference<Passage> released = new AtomicReference<>();
        for (int each = 0; each < 2_000; each++) {
            gate.hold(new Goer(released::set), gate.now(), null);
        }
        gate.open(Reason.BALANCE_FILE);

        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        for (int ended = 0; ended < 2_000; ) {
            Passage passage = released.getAndSet(null);
            if (passage != null) {
                passage.end();
                ended++;
            }
            assertTrue(
                    System.nanoTime() - deadlineNanos < 0, () -> gate.snapshot().toString());
        }
    }

    @RepeatedTest(10)
    void permitComesBackOnceThoughTheAnswerAndTheEndRace() throws Exception {
        Gate gate = gate(PATIENT, threadWithoutTimers);
        for (int round = 0; round < ROUNDS; round++) {
            gate.close(Reason.BALANCE_FILE, "absent");
            Visitor visitor = new Visitor(null);
            gate.hold(visitor, gate.now(), null);
            gate.open(Reason.BALANCE_FILE);
            threadWithoutTimers.settle();

            run(visitor.passage::answered, visitor.passage::end);
        }
        assertAllPermitsAreBack(gate, threadWithoutTimers);
    }

    @RepeatedTest(10)
    void drainIsToldWhetherTheLastEndsBeforeOrAfterTheGateIsClosed() throws Exception {
        Gate gate = gate(PATIENT, threadWithoutTimers);
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
        Gate gate = gate(PATIENT, threadWithoutTimers);
        gate.close(Reason.UPSTREAM, "refused");
        for (int round = 0; round < ROUNDS; round++) {
            gate.open(Reason.UPSTREAM);
            Passage passage = gate.tryPass(gate.now());
            gate.close(Reason.UPSTREAM, "refused");
            AtomicReference<HeldRequest> held = new AtomicReference<>();

            run(passage::end, () -> {
                try {
                    held.set(gate.holdAgain(passage, new Visitor(null), null, null));
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

    private static void assertAllPermitsAreBack(Gate gate, RealGateThread thread) throws Exception {
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

    private static Gate gate(HoldSettings settings, GateThread thread) {
        return new Gate("site", settings, System::nanoTime, thread);
    }

    /** At the same time. The first failure is thrown. */
    private void run(Work... works) throws Exception {
        CompletionService<Void> running = new ExecutorCompletionService<>(threads);
        AtomicInteger awaited = new AtomicInteger(works.length);
        for (Work work : works) {
            running.submit(() -> {
                awaited.decrementAndGet();
                while (awaited.get() > 0) {
                    Thread.yield(); // one that sleeps until the start would come too late for a race
                }
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
}
