package dev.holdfast.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.holdfast.config.HoldSettings;
import dev.holdfast.config.ReleaseSettings;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who asks how it is does not slow the requests down that pass the open gate. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GateSnapshotTest {
    private final CountDownLatch snapshotHasBegun = new CountDownLatch(1);
    private final CountDownLatch snapshotMayGoOn = new CountDownLatch(1);
    private final ExecutorService asking = Executors.newSingleThreadExecutor(task -> new Thread(task, "asking"));
    private final ManualGateThread thread = new ManualGateThread();
    private final Gate gate = new Gate(
            "site",
            new HoldSettings(
                    Duration.ofMinutes(1), Duration.ofMinutes(1), 10, 0, new ReleaseSettings(1, false, Duration.ZERO)),
            this::nanos,
            thread);

    /** A snapshot looks at the clock, within the monitor that it needs: there it stays for as long as we like. */
    private long nanos() {
        if (Thread.currentThread().getName().equals("asking")) {
            snapshotHasBegun.countDown();
            try {
                snapshotMayGoOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return thread.getAsLong();
    }

    @AfterEach
    void stop() {
        snapshotMayGoOn.countDown();
        asking.shutdown();
    }

    @Test
    void requestsPassAndEndWhileASnapshotIsBeingTaken() throws Exception {
        Future<GateSnapshot> snapshot = asking.submit(gate::snapshot);
        snapshotHasBegun.await();

        for (int i = 0; i < 100; i++) {
            Passage passage = gate.tryPass(gate.now());
            assertNotNull(passage);
            passage.listAs(null);
            passage.answered();
            passage.end();
        }
        Passage inFlight = gate.tryPass(gate.now());

        snapshotMayGoOn.countDown();
        assertEquals(101, snapshot.get(10, TimeUnit.SECONDS).counts().passed());
        assertEquals(1, snapshot.get().inFlight());
        inFlight.end();
    }
}
