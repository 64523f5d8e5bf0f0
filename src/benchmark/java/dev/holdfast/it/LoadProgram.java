package dev.holdfast.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Drives a front for a slice of time: {@code wrk} over HTTP/1.1, {@code h2load} over HTTP/2. */
final class LoadProgram {
    private static final Pattern WRK =
            Pattern.compile("requests=(\\d+) micros=(\\d+) bytes=(\\d+) p50=(\\d+) p99=(\\d+) failures=(\\d+)");
    private static final Pattern H2LOAD = Pattern.compile(
            "requests: .* (\\d+) succeeded, (\\d+) failed, (\\d+) errored, (\\d+) timeout"
                    + "[\\s\\S]*status codes: (\\d+) 2xx, (\\d+) 3xx, (\\d+) 4xx, (\\d+) 5xx[\\s\\S]*traffic: \\S+ \\((\\d+)\\) total");

    private final Path directory;
    private final Path script;

    /** @param directory for what the programs write */
    LoadProgram(Path directory) throws IOException {
        this.directory = directory;
        this.script = Template.named("wrk.lua").writeTo(directory.resolve("wrk.lua"));
    }

    /** Those that the workloads need and that are not there. */
    static List<String> missing(List<Workload> workloads) {
        return Stream.of("wrk", "h2load")
                .filter(program -> workloads.stream().anyMatch(load -> load.http2() == program.equals("h2load")))
                .filter(program -> !Programs.canBeRun(program))
                .toList();
    }

    Load drive(Workload workload, int port, Duration slice) throws IOException, InterruptedException {
        String url = "http://127.0.0.1:" + port + workload.path();
        return workload.http2() ? h2load(workload, url, slice) : wrk(workload, url, slice);
    }

    private Load wrk(Workload workload, String url, Duration slice) throws IOException, InterruptedException {
        String output = run(List.of(
                "wrk",
                "--threads=1",
                "--connections=" + workload.connections(),
                "--duration=" + slice.toSeconds() + "s",
                "--timeout=30s",
                "--script=" + script,
                url,
                "--",
                workload.method(),
                Integer.toString(workload.bodyBytes())));
        Matcher found = WRK.matcher(output);
        if (!found.find()) {
            throw new IOException("wrk printed: " + output);
        }
        return new Load(
                number(found, 1),
                Duration.ofNanos(1000 * number(found, 2)),
                number(found, 3),
                number(found, 4) / 1000.0,
                number(found, 5) / 1000.0,
                number(found, 6));
    }

    private Load h2load(Workload workload, String url, Duration slice) throws IOException, InterruptedException {
        Path log = directory.resolve("h2load.log");
        Files.deleteIfExists(log);
        Path body = Files.write(directory.resolve("body"), new byte[workload.bodyBytes()]);
        List<String> command = Stream.concat(
                        Stream.of(
                                "h2load",
                                "--threads=1",
                                "--clients=" + workload.connections(),
                                "--max-concurrent-streams=1",
                                "--duration=" + slice.toSeconds(),
                                "--log-file=" + log),
                        workload.bodyBytes() == 0 ? Stream.of(url) : Stream.of("--data=" + body, url))
                .toList();
        String output = run(command);
        Matcher found = H2LOAD.matcher(output);
        if (!found.find()) {
            throw new IOException("h2load printed: " + output);
        }
        long failures = number(found, 2) + number(found, 3) + number(found, 4) + number(found, 6);
        long[] micros = responseTimes(log);
        return new Load(
                number(found, 5),
                slice,
                number(found, 9),
                percentile(micros, 50) / 1000.0,
                percentile(micros, 99) / 1000.0,
                failures);
    }

    /** Sorted. A line is: when it began, its status, how long it took; in microseconds. */
    private static long[] responseTimes(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.map(line -> line.split("\t"))
                    .filter(fields -> fields.length == 3)
                    .mapToLong(fields -> Long.parseLong(fields[2]))
                    .sorted()
                    .toArray();
        }
    }

    private static double percentile(long[] sorted, int percent) {
        return sorted.length == 0 ? Double.NaN : sorted[(sorted.length - 1) * percent / 100];
    }

    private static long number(Matcher found, int group) {
        return Long.parseLong(found.group(group));
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
