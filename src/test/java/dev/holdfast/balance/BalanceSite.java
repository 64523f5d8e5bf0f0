package dev.holdfast.balance;

import dev.holdfast.config.BalanceSettings;
import dev.holdfast.config.HoldSettings;
import dev.holdfast.config.ReleaseSettings;
import dev.holdfast.config.UpstreamAddress;
import dev.holdfast.gate.Gate;
import dev.holdfast.gate.GateThread;
import dev.holdfast.gate.Outcome;
import dev.holdfast.gate.Passage;
import dev.holdfast.gate.Reason;
import dev.holdfast.gate.Waiter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchService;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A site with a real gate and a real balance file, and what a deploy script does to it. Each has a name of its own. */
final class BalanceSite implements AutoCloseable {
    /** So seldom that no test sees it happen: what is noticed is noticed by the watch. */
    static final Duration NEVER = Duration.ofHours(1);

    private static final AtomicInteger NUMBER = new AtomicInteger();

    final String name = "site-" + NUMBER.incrementAndGet();
    final Path file;
    final Path marker;
    final Path status;
    final UpstreamAddress configured = UpstreamAddress.parse("http://site.example:2000");
    final Gate gate;
    final List<Optional<UpstreamAddress>> upstreams = new CopyOnWriteArrayList<>();
    final LogLines log = new LogLines(name);

    // To be set before start().
    Duration pollInterval = Duration.ofSeconds(1);
    boolean watch = true;
    Duration settle = BalanceWatcher.Timing.USUAL.settle();
    Duration reminder = BalanceWatcher.Timing.USUAL.reminder();
    Duration patience = BalanceWatcher.Timing.USUAL.patience();
    UnaryOperator<Disk> disk = real -> real;

    private final ScheduledExecutorService gateThread = Executors.newSingleThreadScheduledExecutor();
    private BalanceWatcher watcher;

    BalanceSite(Path directory) {
        file = directory.resolve("balance").toAbsolutePath();
        marker = directory.resolve("balance.drained").toAbsolutePath();
        status = directory.resolve("balance.status").toAbsolutePath();
        HoldSettings holds = new HoldSettings(
                Duration.ofMinutes(1), Duration.ofMinutes(10), 1000, 0, new ReleaseSettings(64, false, Duration.ZERO));
        gate = new Gate(name, holds, System::nanoTime, GateThread.of(gateThread));
    }

    BalanceSite start() {
        watcher = new BalanceWatcher(
                name,
                new BalanceSettings(file, pollInterval, watch),
                configured,
                gate,
                upstreams::add,
                disk.apply(new BalanceFile(file)),
                new BalanceWatcher.Timing(settle, reminder, patience));
        watcher.start();
        return this;
    }

    void stop() {
        watcher.stop();
    }

    @Override
    public void close() {
        if (watcher != null) {
            watcher.stop();
        }
        gateThread.shutdownNow();
        log.close();
    }

    BalanceSnapshot snapshot() {
        return watcher.snapshot();
    }

    boolean isOpen() {
        return !gate.isShut();
    }

    void touch() throws IOException {
        write("");
    }

    void write(String content) throws IOException {
        Files.writeString(file, content);
    }

    void remove() throws IOException {
        Files.delete(file);
    }

    boolean isMarked() {
        return Files.exists(marker, LinkOption.NOFOLLOW_LINKS);
    }

    void awaitOpen() {
        await().until(this::isOpen);
    }

    void awaitShut() {
        await().until(gate::isShut);
    }

    void awaitMarker() {
        await().until(this::isMarked);
    }

    void awaitReading(BalanceReading reading) {
        await().until(() -> snapshot().reading().equals(reading));
    }

    /** Returns when a look that began after this call is over: the first to end may have begun before, the next has not. */
    void awaitLook() {
        for (int ended = 0; ended < 2; ended++) {
            Instant before = Instant.now();
            poke();
            await().until(() -> snapshot().looked().isAfter(before));
        }
    }

    /** Makes the balance thread look, as a poll would. */
    private void poke() {
        gate.close(Reason.STOPPING, "to make the drained gate tell it");
        gate.open(Reason.STOPPING);
    }

    /** A request that waits at the shut gate, and ends when it is let go. */
    void hold() {
        Waiter waiter = new Waiter() {
            @Override
            public boolean hasLeft() {
                return false;
            }

            @Override
            public void released(Passage passage) {
                passage.end();
            }

            @Override
            public void turnedAway(Outcome outcome, String message) {}

            @Override
            public void abandoned() {}
        };
        gate.hold(waiter, gate.now(), "client");
    }

    static ConditionFactory await() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1));
    }

    /** A real disk with something done before or instead. */
    abstract static class Wrapped implements Disk {
        final Disk real;

        Wrapped(Disk real) {
            this.real = real;
        }

        @Override
        public Look look() {
            return real.look();
        }

        @Override
        public WatchService newWatchService() throws IOException {
            return real.newWatchService();
        }
    }
}
