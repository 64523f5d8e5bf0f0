package dev.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.holdfast.balance.BalanceReading;
import dev.holdfast.balance.BalanceReading.Absent;
import dev.holdfast.balance.BalanceReading.Forward;
import dev.holdfast.config.ClusterSettings.AtStart;
import dev.holdfast.config.ClusterSettings.Away;
import dev.holdfast.config.HoldSettings;
import dev.holdfast.config.ReleaseSettings;
import dev.holdfast.gate.Gate;
import dev.holdfast.gate.GateThread;
import dev.holdfast.gate.Passage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A node's switch, and its gate, with a clock of its own: maxAge is 2 s, the session 4 s. A tick comes each 2/3 s. */
final class SwitchUnderTest {
    static final BalanceReading OPEN = new Forward(Optional.empty());
    static final BalanceReading HOLD = new Absent();
    static final long TICK_MILLIS = 667;

    long nanos = 1_000_000_000L;
    long wallMillis = 1_000_000;
    private final Knowledge knowledge = new Knowledge(() -> nanos);
    final List<String> upstreams = new ArrayList<>();
    final Gate gate = new Gate(
            "site",
            new HoldSettings(
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(10),
                    1000,
                    0,
                    new ReleaseSettings(64, false, Duration.ZERO)),
            () -> nanos,
            new GateThread() {
                @Override
                public void schedule(Runnable task, Duration delay) {}

                @Override
                public void execute(Runnable task) {
                    task.run();
                }
            },
            knowledge);
    final ClusterSwitch fleet;

    SwitchUnderTest(AtStart atStart, Away away) {
        fleet = new ClusterSwitch(
                "site",
                TestNode.settings("a", "zk:2181", atStart, away),
                gate,
                address -> upstreams.add(address.map(Object::toString).orElse("configured")),
                knowledge,
                () -> nanos);
        fleet.holdUntilRead(wallMillis);
    }

    void answered(long version, BalanceReading reading) {
        answered(version, reading, nanos, true);
    }

    void answered(long version, BalanceReading reading, long askedNanos, boolean registered) {
        fleet.answered(new SwitchReading(version, reading, ""), askedNanos, registered);
    }

    boolean tick() {
        return fleet.tick(wallMillis);
    }

    void pass(long millis) {
        nanos += millis * 1_000_000;
        wallMillis += millis;
    }

    /** The process runs, and nobody answers. */
    void silence(long millis) {
        for (long passed = 0; passed < millis; passed += TICK_MILLIS) {
            pass(TICK_MILLIS);
            assertFalse(tick());
        }
    }

    boolean passes() {
        Passage passage = gate.tryPass(nanos);
        if (passage != null) {
            passage.end();
        }
        return passage != null;
    }
}
