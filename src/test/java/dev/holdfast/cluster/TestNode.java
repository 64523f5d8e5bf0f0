package dev.holdfast.cluster;

import static org.awaitility.Awaitility.await;

import dev.holdfast.balance.UpstreamSwitch;
import dev.holdfast.config.ClusterSettings;
import dev.holdfast.config.ClusterSettings.AtStart;
import dev.holdfast.config.ClusterSettings.Away;
import dev.holdfast.config.Ensemble;
import dev.holdfast.config.HoldSettings;
import dev.holdfast.config.ReleaseSettings;
import dev.holdfast.config.UpstreamAddress;
import dev.holdfast.gate.Gate;
import dev.holdfast.gate.GateThread;
import dev.holdfast.gate.Outcome;
import dev.holdfast.gate.Passage;
import dev.holdfast.gate.Waiter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/** A node of a fleet without the web: a real gate that follows a switch in a real ZooKeeper. */
public final class TestNode implements AutoCloseable {
    public static final String SITE = "shop";

    private static final AtomicInteger NUMBER = new AtomicInteger();

    public final Gate gate;
    final List<Passage> released = new CopyOnWriteArrayList<>();
    public final List<String> upstreams = new CopyOnWriteArrayList<>();

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final ClusterNode node;

    public TestNode(String name, String hosts) {
        this(settings(name, hosts, AtStart.HOLD, Away.KEEP));
    }

    TestNode(ClusterSettings settings) {
        String threads = "test-" + NUMBER.incrementAndGet();
        HoldSettings holds = new HoldSettings(
                Duration.ofMinutes(1), Duration.ofMinutes(10), 1000, 0, new ReleaseSettings(64, false, Duration.ZERO));
        Knowledge knowledge = new Knowledge(System::nanoTime);
        gate = new Gate(threads, holds, System::nanoTime, GateThread.of(thread), knowledge);
        node = new ClusterNode(threads, settings, gate, knowledge, new UpstreamSwitch() {
            @Override
            public void forward(Optional<UpstreamAddress> upstream) {
                upstreams.add(upstream.map(UpstreamAddress::toString).orElse("configured"));
            }

            @Override
            public void hold() {
                upstreams.add("none");
            }
        });
        node.start();
    }

    static ClusterSettings settings(String name, String hosts, AtStart atStart, Away away) {
        return settings(name, hosts, atStart, away, Optional.empty(), Optional.empty());
    }

    static ClusterSettings settings(String name, String hosts, Duration maxAge) {
        return settings(name, hosts, AtStart.HOLD, Away.KEEP, maxAge, Optional.empty(), Optional.empty());
    }

    static ClusterSettings settings(
            String name, String hosts, AtStart atStart, Away away, Optional<String> digest, Optional<Integer> total) {
        return settings(name, hosts, atStart, away, Duration.ofSeconds(2), digest, total);
    }

    private static ClusterSettings settings(
            String name,
            String hosts,
            AtStart atStart,
            Away away,
            Duration maxAge,
            Optional<String> digest,
            Optional<Integer> total) {
        return new ClusterSettings(
                Ensemble.parse(hosts + "/web"),
                SITE,
                name,
                atStart,
                away,
                maxAge,
                Duration.ofSeconds(4), // a busy machine is not to lose one
                digest,
                total);
    }

    ClusterSnapshot snapshot() {
        return node.snapshot();
    }

    /** It has counted the nodes after this call: before each question it does. */
    void awaitCounted() {
        awaitAsked();
        awaitAsked();
    }

    private void awaitAsked() {
        long now = System.nanoTime();
        until(() -> System.nanoTime() - node.snapshot().age().toNanos() - now > 0);
    }

    /** So many requests come. */
    void hold(int requests) {
        for (int i = 0; i < requests; i++) {
            gate.hold(
                    new Waiter() {
                        @Override
                        public boolean hasLeft() {
                            return false;
                        }

                        @Override
                        public void released(Passage passage) {
                            passage.mayGoOn();
                            released.add(passage);
                        }

                        @Override
                        public void turnedAway(Outcome outcome, String message) {}

                        @Override
                        public void abandoned() {}
                    },
                    gate.now(),
                    null);
        }
    }

    /** Null where it would be held. */
    public Passage tryPass() {
        return gate.tryPass(gate.now());
    }

    public void awaitOpen() {
        until(() -> !gate.isShut());
    }

    public void awaitShut() {
        until(gate::isShut);
    }

    String reason() {
        return gate.snapshot().closures().toString();
    }

    static void until(Callable<Boolean> condition) {
        await().pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(30))
                .until(condition);
    }

    /** Orderly. */
    public void stop() {
        node.stop();
    }

    @Override
    public void close() {
        node.stop();
        thread.shutdownNow();
    }
}
