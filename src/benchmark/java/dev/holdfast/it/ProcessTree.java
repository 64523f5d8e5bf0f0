package dev.holdfast.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** A process and those that it has started: what they take together. From {@code /proc}, so Linux only. */
record ProcessTree(ProcessHandle root) {
    /** USER_HZ, which is 100 wherever Linux runs on a server. */
    private static final long NANOS_PER_TICK = 10_000_000;

    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;

    /** User and system time, without that of the threads of a JVM that compile. */
    Duration processorTime() throws IOException {
        long ticks = 0;
        for (long pid : pids()) {
            Path process = Path.of("/proc", Long.toString(pid));
            ticks += ticks(process.resolve("stat"));
            try (var threads = Files.newDirectoryStream(process.resolve("task"))) {
                for (Path thread : threads) {
                    ticks -= compilerTicks(thread);
                }
            }
        }
        return Duration.ofNanos(ticks * NANOS_PER_TICK);
    }

    long residentBytes() throws IOException {
        long kilobytes = 0;
        for (long pid : pids()) {
            try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
                kilobytes += lines.filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
                        .sum();
            }
        }
        return kilobytes * 1024;
    }

    private long[] pids() {
        return Stream.concat(Stream.of(root), root.descendants())
                .mapToLong(ProcessHandle::pid)
                .toArray();
    }

    private static long compilerTicks(Path thread) throws IOException {
        try {
            return Files.readString(thread.resolve("comm")).contains("CompilerThre")
                    ? ticks(thread.resolve("stat"))
                    : 0;
        } catch (NoSuchFileException ended) {
            return 0;
        }
    }

    /** The fields begin behind the name, which may have spaces. */
    private static long ticks(Path stat) throws IOException {
        String text = Files.readString(stat);
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
    }
}
