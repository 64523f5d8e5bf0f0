package dev.holdfast.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Compares Holdfast with other proxies on this machine, measures what holding costs, and prints it as Markdown, which is left in
 * {@code target/benchmark/report.md} too. All goes over the loopback interface, at free ports.
 */
@Command(name = "benchmark", mixinStandardHelpOptions = true)
final class Benchmark implements Callable<Integer> {
    private static final Path DIRECTORY = Path.of("target/benchmark").toAbsolutePath();

    /** How many times as long it takes a cold JVM to get warm as it takes one that has seen other requests. */
    private static final int COLD = 3;

    @Mixin
    private BenchmarkOptions options;

    private final Path run;
    private final Path report;

    private Benchmark() throws IOException {
        run = Peer.directoryOf("run", DIRECTORY);
        report = DIRECTORY.resolve("report.md");
    }

    public static void main(String[] args) throws IOException {
        Runtime.getRuntime().addShutdownHook(new Thread(Benchmark::endChildren));
        System.exit(new CommandLine(new Benchmark()).execute(args));
    }

    /** Interrupted, nothing is to stay behind. */
    private static void endChildren() {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    public Integer call() throws Exception {
        List<String> missing = LoadProgram.missing(Stream.concat(
                        options.workloads().stream(),
                        options.holdings().stream().map(Holding::everyday))
                .toList());
        if (!missing.isEmpty()) {
            System.err.println("Not installed: " + String.join(", ", missing) + " (Debian: wrk, nghttp2-client)");
            return 1;
        }
        Files.deleteIfExists(report);
        try (BenchmarkSite site = BenchmarkSite.start(Peer.directoryOf("site", run))) {
            say(Machine.describe(options));
            compare(site.port());
            for (Holding holding : options.holdings()) {
                say(holding.report(options.peers(), site.port(), run));
            }
            for (Soak soak : options.soaks()) {
                say(soak.report(options.peers(), site.port(), run));
            }
        }
        if (options.asksForGate()) {
            say(GateComparison.report());
        }
        if (options.asksForFleet()) {
            say(FleetCost.report(Peer.directoryOf("ensemble", run)));
        }
        return 0;
    }

    private void compare(int site) throws IOException, InterruptedException {
        if (options.workloads().isEmpty()) {
            return;
        }
        List<Front> fronts = new ArrayList<>();
        try {
            for (Peer peer : options.peers()) {
                fronts.add(peer.start(Peer.directoryOf(peer, run), site));
            }
            LoadProgram program = new LoadProgram(run);
            Duration warmUp = options.warmUp().multipliedBy(COLD); // of the first case, in which each JVM is cold
            for (Workload workload : options.workloads()) {
                List<Front> able =
                        fronts.stream().filter(front -> front.speaks(workload)).toList();
                if (!able.isEmpty()) {
                    say(Comparison.run(workload, able, program, options.rounds(), options.slice(), warmUp)
                            .report());
                    warmUp = options.warmUp();
                }
            }
        } finally {
            fronts.forEach(Front::close);
        }
    }

    private void say(String section) throws IOException {
        System.out.println(section);
        Files.writeString(
                report,
                section + "\n",
                java.nio.file.StandardOpenOption.CREATE,
                java.nio.file.StandardOpenOption.APPEND);
    }
}
