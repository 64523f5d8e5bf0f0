package dev.holdfast.cli;

import dev.holdfast.balance.BalanceWatcher;
import dev.holdfast.config.BalanceSettings;
import dev.holdfast.config.HoldSettings;
import dev.holdfast.config.ReleaseSettings;
import dev.holdfast.config.UpstreamAddress;
import dev.holdfast.gate.Gate;
import dev.holdfast.gate.GateThread;
import dev.holdfast.gate.Passage;
import dev.holdfast.gate.Traveller;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** What the commands talk to, without the web: a real gate that follows a real balance file. */
final class WatchedGate implements AutoCloseable {
    final Gate gate;
    volatile Optional<UpstreamAddress> upstream = Optional.empty();

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final BalanceWatcher watcher;

    WatchedGate(Path balance, boolean watch) {
        HoldSettings holds = new HoldSettings(
                Duration.ofMinutes(1), Duration.ofMinutes(10), 1000, 0, new ReleaseSettings(64, false, Duration.ZERO));
        gate = new Gate("site", holds, System::nanoTime, GateThread.of(thread));
        watcher = new BalanceWatcher(
                "site",
                new BalanceSettings(balance, Duration.ofMillis(100), watch),
                UpstreamAddress.parse("http://localhost:2000"),
                gate,
                address -> upstream = address);
        watcher.start();
    }

    private record Someone(String method, String target) implements Traveller {}

    Passage pass(String method, String target) {
        Passage passage = gate.tryPass(gate.now());
        passage.listAs(new Someone(method, target));
        return passage;
    }

    @Override
    public void close() {
        watcher.stop();
        thread.shutdownNow();
    }
}
