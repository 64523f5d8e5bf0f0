package dev.holdfast.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which part of the benchmark, and how long. */
final class BenchmarkOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "<case>",
            description =
                    "Cases, such as get-1k, get-1k-1000 (connections), h2-post-1m, hold-5000, hold-h2-20000, soak-30 (minutes),"
                            + " gate, fleet. Default: all.")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--peers",
            split = ",",
            paramLabel = "<peer>",
            description =
                    "Of runner, tomcat, tomcat-conf, undertow, jetty, mitre, nginx, haproxy. Default: all that are installed.")
    private List<String> peers = new ArrayList<>();

    @Option(names = "--rounds", defaultValue = "5", description = "Slices of each peer in each case.")
    private int rounds;

    @Option(names = "--slice", defaultValue = "2", paramLabel = "<seconds>", description = "Length of one.")
    private int slice;

    @Option(
            names = "--warm-up",
            defaultValue = "10",
            paramLabel = "<seconds>",
            description = "Of each peer before each case; three times as long before the first.")
    private int warmUp;

    List<Workload> workloads() {
        check();
        return Workload.all().stream()
                .filter(workload -> isAsked(workload.name()))
                .toList();
    }

    List<Holding> holdings() {
        return (only.isEmpty() ? Holding.USUAL : only)
                .stream().filter(Holding::isName).map(Holding::named).toList();
    }

    List<Soak> soaks() {
        return (only.isEmpty() ? List.of(Soak.USUAL) : only)
                .stream().filter(Soak::isName).map(Soak::named).toList();
    }

    boolean asksForGate() {
        return isAsked(GateComparison.NAME);
    }

    boolean asksForFleet() {
        return isAsked(FleetCost.NAME);
    }

    /** Those that are asked for and installed. */
    List<Peer> peers() {
        return Arrays.stream(Peer.values())
                .filter(peer -> peers.isEmpty() || peers.contains(peer.toString()))
                .filter(Peer::isThere)
                .toList();
    }

    /** Those that are asked for and not installed. */
    List<Peer> absentPeers() {
        return Arrays.stream(Peer.values())
                .filter(peer -> peers.isEmpty() || peers.contains(peer.toString()))
                .filter(peer -> !peer.isThere())
                .toList();
    }

    int rounds() {
        return rounds;
    }

    Duration slice() {
        return Duration.ofSeconds(slice);
    }

    Duration warmUp() {
        return Duration.ofSeconds(warmUp);
    }

    private boolean isAsked(String name) {
        return only.isEmpty() || only.contains(name);
    }

    private void check() {
        List<String> cases = Workload.all().stream().map(Workload::name).toList();
        List<String> known = Arrays.stream(Peer.values()).map(Peer::toString).toList();
        String unknown = Stream.concat(
                        only.stream()
                                .filter(name -> !cases.contains(name)
                                        && !Holding.isName(name)
                                        && !Soak.isName(name)
                                        && !name.equals(GateComparison.NAME)
                                        && !name.equals(FleetCost.NAME)),
                        peers.stream().filter(name -> !known.contains(name)))
                .collect(Collectors.joining(", "));
        if (!unknown.isEmpty()) {
            throw new ParameterException(
                    command.commandLine(),
                    "No such case or peer: " + unknown + "\nCases: " + String.join(", ", cases)
                            + ", hold-<n>, hold-h2-<n>, soak-<minutes>, gate, fleet\nPeers: "
                            + String.join(", ", known));
        }
    }
}
