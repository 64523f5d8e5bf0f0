package dev.holdfast.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a Java process takes: threads, processor time, memory. From {@code /proc} and {@code jcmd}, so Linux only. */
record ProcessFigures(ChildProcess process) {
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +(\\d+) +(\\d+)");

    int threads() throws IOException {
        return (int) status("Threads");
    }

    /** How many files, sockets and the like it has open. */
    int descriptors() throws IOException {
        try (var open = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return (int) open.count();
        }
    }

    /** The memory it has resident now, in bytes. */
    long residentBytes() throws IOException {
        return 1024 * status("VmRSS");
    }

    /** The most memory it ever had resident, in bytes. */
    long peakResidentBytes() throws IOException {
        return 1024 * status("VmHWM");
    }

    /**
     * User and system time of each thread now alive, since its start. Without the threads that compile: for minutes after
     * a burst of requests the JIT still compiles what ran in it, whatever the process does meanwhile.
     */
    Map<String, Duration> processorTimes() throws IOException {
        Map<String, Duration> times = new HashMap<>();
        try (var tasks = Files.newDirectoryStream(Path.of("/proc", Long.toString(process.pid()), "task"))) {
            for (Path task : tasks) {
                try {
                    String name = Files.readString(task.resolve("comm")).strip();
                    String nanos = Files.readString(task.resolve("schedstat")).split(" ")[0];
                    if (!name.contains("CompilerThre")) {
                        times.put(name + " " + task.getFileName(), Duration.ofNanos(Long.parseLong(nanos)));
                    }
                } catch (NoSuchFileException ended) {
                    // this thread ended while we looked
                }
            }
        }
        return times;
    }

    /** What is alive on its heap, after a full collection. */
    LiveHeap liveHeap() throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String histogram = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        jcmd.waitFor();
        return new LiveHeap(histogram);
    }

    private long status(String field) throws IOException {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith(field + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The answer of {@code jcmd GC.class_histogram}. */
    record LiveHeap(String histogram) {
        long bytes() {
            Matcher total = TOTAL.matcher(histogram);
            if (!total.find()) {
                throw new IllegalStateException("no histogram: " + histogram);
            }
            return Long.parseLong(total.group(2));
        }

        /** How many objects of this very class are alive. */
        long instancesOf(String className) {
            Matcher line = Pattern.compile("(?m)^ *\\d+: +(\\d+) +\\d+ +" + Pattern.quote(className) + "(?: .*)?$")
                    .matcher(histogram);
            return line.find() ? Long.parseLong(line.group(1)) : 0;
        }
    }
}
