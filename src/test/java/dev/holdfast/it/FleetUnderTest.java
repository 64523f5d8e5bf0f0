package dev.holdfast.it;

import static org.awaitility.Awaitility.await;

import dev.holdfast.cluster.Fleet;
import dev.holdfast.cluster.NodeReport;
import dev.holdfast.config.Ensemble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** An ensemble, a site, and Holdfasts between it and their clients. Moves the switch, and measures how long all take to follow. */
final class FleetUnderTest implements AutoCloseable {
    private static final String PATH = "/fleet";
    private static final int ANSWERS = 10;

    final EnsembleProcess ensemble;
    final SiteProcess site;
    final List<FleetMember> members = new ArrayList<>();
    private final Path directory;
    private final String zookeeper;
    private final Fleet fleet;
    private final Set<String> extra = ConcurrentHashMap.newKeySet();
    private final List<Double> closedMillis = new ArrayList<>();
    private final List<Double> openMillis = new ArrayList<>();
    private Instant held = Instant.now();
    private int commands;

    /** What a command came to. */
    record Ended(int exit, String output) {}

    private FleetUnderTest(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        ensemble = EnsembleProcess.start(Files.createDirectory(directory.resolve("ensemble")));
        site = SiteProcess.start(Files.createDirectory(directory.resolve("site")));
        zookeeper = ensemble.hosts() + PATH;
        fleet = Fleet.connect(Ensemble.parse(zookeeper), "holdfast", Optional.empty());
    }

    static FleetUnderTest start(Path directory, int nodes, String away) throws Exception {
        FleetUnderTest fleet = new FleetUnderTest(directory);
        try {
            fleet.start(nodes, away);
            return fleet;
        } catch (Exception | Error e) {
            fleet.close();
            throw e;
        }
    }

    private void start(int nodes, String away) throws Exception {
        for (int i = 1; i <= nodes; i++) {
            members.add(new FleetMember(i, directory.resolve("node-" + i), site.port(), zookeeper, away));
        }
        for (FleetMember member : members) {
            member.start().load();
        }
        release();
        openMillis.clear();
        awaitAnswersOfAll();
    }

    /** As the command does, but at an instant that is known. */
    void hold() throws Exception {
        held = Instant.now();
        moved(fleet::hold);
    }

    /** Waits until each has had an answer. */
    void release() throws Exception {
        long[] before = members.stream().mapToLong(FleetMember::answered).toArray();
        long start = System.nanoTime();
        moved(fleet::release);
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    for (int i = 0; i < before.length; i++) {
                        if (members.get(i).answered() == before[i]) {
                            return false;
                        }
                    }
                    return true;
                });
        openMillis.add((System.nanoTime() - start) / 1e6);
    }

    private interface Move {
        String move() throws IOException, InterruptedException;
    }

    /** Where the ensemble is about to elect a leader it says no, and is asked again. */
    private static void moved(Move move) throws InterruptedException {
        for (int i = 0; ; i++) {
            try {
                move.move();
                return;
            } catch (IOException noLeader) {
                if (i == 60) {
                    throw new IllegalStateException(noLeader);
                }
                Thread.sleep(500);
            }
        }
    }

    /** To be called when all are drained: what they logged says when they closed. */
    void noteGatesClosed() {
        Instant last = held;
        for (FleetMember member : members) {
            Instant closed = member.logged("holding: ", held).orElseThrow();
            last = closed.isAfter(last) ? closed : last;
        }
        closedMillis.add(Duration.between(held, last).toNanos() / 1e6);
    }

    /** A command of the operator, as a process. */
    Ended command(String... command) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                ChildProcess.java(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                HoldfastProcess.war().toString()));
        line.addAll(List.of(command));
        line.addAll(List.of("--zookeeper", zookeeper));
        Path output = directory.resolve("command-" + ++commands + ".out");
        try (ChildProcess process = ChildProcess.start(directory, output, Map.of(), line)) {
            return new Ended(process.awaitExit(Duration.ofSeconds(100)), process.output());
        }
    }

    /** Whether ZooKeeper has a report of the member that says so, and that so many at least are held. */
    boolean isDrained(FleetMember member, int held) throws Exception {
        return fleet.look().nodes().stream()
                .filter(node -> node.name().equals(member.name))
                .flatMap(node -> node.report().stream())
                .anyMatch(report -> report.state() == NodeReport.State.DRAINED && report.held() >= held);
    }

    /** The number of a request that is not one of the load. */
    long extra(String method) {
        extra.add(method + " " + (extra.size() + 1));
        return extra.size();
    }

    void killMajority() {
        ensemble.kill(0);
        ensemble.kill(1);
    }

    void startMajority() throws IOException {
        ensemble.start(0);
        ensemble.start(1);
    }

    void awaitAnswersOfAll() {
        members.forEach(member -> member.clients().awaitAnswered(ANSWERS));
    }

    List<String> failures() {
        return members.stream().flatMap(member -> member.failures().stream()).toList();
    }

    /** Of the load and the others. */
    Stream<String> sent() {
        return Stream.concat(extra.stream(), members.stream().flatMap(FleetMember::sent));
    }

    /** Those were answered too. */
    long answered() {
        return extra.size() + members.stream().mapToLong(FleetMember::answered).sum();
    }

    long cutOff() {
        return members.stream().mapToLong(FleetMember::cutOff).sum();
    }

    void print() throws IOException {
        List<String> requests = site.requests();
        System.out.printf(
                Locale.ROOT,
                "Fleet of %d: sent %d, answered %d, cut off %d, failed %d; site saw %d, twice %d%n",
                members.size(),
                sent().count(),
                answered(),
                cutOff(),
                failures().size(),
                requests.size(),
                requests.size() - new HashSet<>(requests).size());
        print("hold to the last gate closed", closedMillis);
        print("release to the first answer of the last node", openMillis);
    }

    private static void print(String what, List<Double> millis) {
        double[] sorted =
                millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "From %s, %d times: median %.0f ms, longest %.0f ms; %s%n",
                what,
                sorted.length,
                sorted[sorted.length / 2],
                sorted[sorted.length - 1],
                Arrays.toString(millis.stream().mapToLong(Math::round).toArray()));
    }

    @Override
    public void close() throws IOException {
        members.forEach(FleetMember::close);
        fleet.close();
        site.close();
        ensemble.close();
    }
}
