package dev.holdfast.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.HoldSettings;
import dev.holdfast.config.ReleaseSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What opened the gate may be relied on for a limited time. */
class GateLeaseTest {
    private boolean valid = true;
    private boolean renewedWhenTold;
    private final ManualGateThread thread = new ManualGateThread();
    private final Gate gate = new Gate(
            "site",
            new HoldSettings(
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(10),
                    1000,
                    0,
                    new ReleaseSettings(64, false, Duration.ZERO)),
            thread,
            thread,
            new Lease() {
                @Override
                public boolean isValid() {
                    return valid;
                }

                @Override
                public String lapse() {
                    valid |= renewedWhenTold;
                    return "nobody knows";
                }
            });

    private Passage tryPass() {
        return gate.tryPass(gate.now());
    }

    @Test
    void nothingPassesWhenItHasLapsedThoughNobodyClosedTheGate() {
        tryPass().end();
        valid = false;

        assertNull(tryPass());

        GateSnapshot now = gate.snapshot();
        assertEquals(Reason.CLUSTER, now.closures().get(0).reason());
        assertEquals("nobody knows", now.closures().get(0).detail());
        assertTrue(gate.isDrained());
        assertEquals(1, now.counts().passed());
        assertEquals(1, now.counts().arrived());
    }

    @Test
    void whoeverTriedIsNotInFlightWhenTheGateSaysThatItIsDrained() {
        List<Integer> inFlight = new ArrayList<>();
        gate.onDrained(() -> inFlight.add(gate.snapshot().inFlight()));
        valid = false;
        assertNull(tryPass());
        assertEquals(List.of(0), inFlight);
    }

    /** T1 finds that it has lapsed, T2 renews it and opens the gate, and nobody would open what T1 closes after that. */
    @Test
    void doesNotCloseTheGateWhereItHasBeenRenewedMeanwhile() {
        renewedWhenTold = true;
        valid = false;
        assertNull(tryPass());
        assertFalse(gate.isShut());
        assertNotNull(tryPass());
    }

    @Test
    void whoIsReleasedIsHeldAgainWhenItHasLapsedSince() {
        gate.close(Reason.CLUSTER, "held");
        List<Passage> released = new ArrayList<>();
        gate.hold(new Goer(released::add), gate.now(), null);
        gate.open(Reason.CLUSTER);
        thread.runAll();
        valid = false;

        assertFalse(released.get(0).mayGoOn());

        assertTrue(gate.isShut());
        gate.holdAgain(released.get(0), new Goer(released::add), null, null);
        assertEquals(1, gate.snapshot().held());
        assertTrue(gate.isDrained());

        valid = true;
        gate.open(Reason.CLUSTER);
        thread.runAll();
        assertTrue(released.get(1).mayGoOn());
    }

    @Test
    void whoHasPassedMayNotBeginWhenItHasLapsedSince() {
        Passage passage = tryPass();
        assertTrue(passage.mayBegin());
        valid = false;
        assertFalse(passage.mayBegin());
        assertTrue(gate.isShut());
        assertFalse(gate.isDrained()); // in flight until it is held again
    }
}
