package dev.holdfast.it;

import static org.awaitility.Awaitility.await;

import dev.holdfast.cluster.ClusterNode;
import dev.holdfast.cluster.Fleet;
import dev.holdfast.cluster.Knowledge;
import dev.holdfast.config.ClusterSettings;
import dev.holdfast.config.ClusterSettings.AtStart;
import dev.holdfast.config.ClusterSettings.Away;
import dev.holdfast.config.Ensemble;
import dev.holdfast.config.HoldSettings;
import dev.holdfast.config.ReleaseSettings;
import dev.holdfast.gate.Gate;
import dev.holdfast.gate.GateThread;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Predicate;

/** What a fleet costs its ZooKeeper: many nodes in this JVM, with gates that nobody comes to, and three servers on the same machine. */
final class FleetCost implements AutoCloseable {
    static final String NAME = "fleet";
    private static final int NODES = 200;
    private static final Duration REST = Duration.ofSeconds(10);
    private static final int TIMES = 5;

    private final EnsembleProcess ensemble;
    private final Ensemble address;
    private final Fleet fleet;
    private final ScheduledExecutorService gateThread = Executors.newSingleThreadScheduledExecutor();
    private final List<Gate> gates = new ArrayList<>();
    private final List<ClusterNode> nodes = new ArrayList<>();

    /** What the servers have been asked so far: in packets of all clients, and in writes. */
    private record Asked(long packets, long writes, long nanos) {}

    private FleetCost(Path directory) throws IOException, InterruptedException {
        ensemble = EnsembleProcess.start(directory);
        address = Ensemble.parse(ensemble.hosts() + "/fleet");
        fleet = Fleet.connect(address, "site", Optional.empty());
    }

    /** A section of Markdown. */
    static String report(Path directory) throws Exception {
        try (FleetCost cost = new FleetCost(directory)) {
            for (int i = 0; i < NODES; i++) {
                cost.start("node" + i);
            }
            cost.release();
            return cost.measure();
        }
    }

    private void start(String name) {
        ClusterSettings settings = new ClusterSettings(
                address,
                "site",
                name,
                AtStart.HOLD,
                Away.KEEP,
                Duration.ofSeconds(3),
                Duration.ofSeconds(10),
                Optional.empty(),
                Optional.empty());
        Knowledge knowledge = new Knowledge(System::nanoTime);
        HoldSettings holds = new HoldSettings(
                Duration.ofMinutes(1), Duration.ofHours(1), 10, 0, new ReleaseSettings(64, false, Duration.ZERO));
        Gate gate = new Gate(name, holds, System::nanoTime, GateThread.of(gateThread), knowledge);
        ClusterNode node = new ClusterNode(name, settings, gate, knowledge, upstream -> {});
        gates.add(gate);
        nodes.add(node);
        node.start();
    }

    private String measure() throws Exception {
        StringBuilder text = new StringBuilder("### fleet: " + NODES + " nodes, three servers of ZooKeeper\n\n"
                + "| | packets | writes | all gates after ms | all reported after ms |\n|---|---|---|---|---|\n");
        Thread.sleep(REST.toMillis()); // what is left of the start
        Asked before = asked();
        Thread.sleep(REST.toMillis());
        Asked after = asked();
        double seconds = (after.nanos() - before.nanos()) / 1e9;
        text.append(row("each second at rest", before, after, seconds, 0, 0));
        for (int i = 0; i < TIMES; i++) {
            text.append(move("a hold", this::hold));
            text.append(move("a release", this::release));
        }
        return text.toString();
    }

    private interface Move {
        /** Returns nanoseconds until all gates have moved. */
        long move() throws Exception;
    }

    private String move(String what, Move move) throws Exception {
        Thread.sleep(2000); // so that each may report twice at once
        Asked before = asked();
        long gatesNanos = move.move();
        Asked after = asked();
        return row(what, before, after, 1, gatesNanos, after.nanos() - before.nanos());
    }

    private static String row(String what, Asked before, Asked after, double by, long gates, long reported) {
        return String.format(
                Locale.ROOT,
                "| %s | %,.0f | %,.0f | %.0f | %.0f |%n",
                what,
                (after.packets() - before.packets()) / by,
                (after.writes() - before.writes()) / by,
                gates / 1e6,
                reported / 1e6);
    }

    private long hold() throws Exception {
        long start = System.nanoTime();
        fleet.hold();
        return moved(start, Gate::isShut, "DRAINED");
    }

    private long release() throws Exception {
        long start = System.nanoTime();
        fleet.release();
        return moved(start, gate -> !gate.isShut(), "OPEN");
    }

    private long moved(long start, Predicate<Gate> moved, String state) {
        await("all gates")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> gates.stream().allMatch(moved));
        long gatesNanos = System.nanoTime() - start;
        await("all reports")
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(100)) // each look is some hundred reads, which count too
                .until(() -> reported(state) == NODES);
        return gatesNanos;
    }

    private long reported(String state) throws Exception {
        return fleet.look().nodes().stream()
                .flatMap(node -> node.report().stream())
                .filter(report -> report.state().name().equals(state))
                .count();
    }

    private Asked asked() {
        long packets = 0;
        long writes = 0;
        for (int i = 0; i < EnsembleProcess.SERVERS; i++) {
            packets += Long.parseLong(ensemble.says(i, "Received"));
            writes = Math.max(writes, Long.decode(ensemble.says(i, "Zxid")) & 0xffffffffL);
        }
        return new Asked(packets, writes, System.nanoTime());
    }

    @Override
    public void close() throws IOException {
        nodes.forEach(ClusterNode::stop);
        fleet.close();
        gateThread.shutdownNow();
        ensemble.close();
    }
}
