package dev.holdfast.it;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a long load does to Holdfast's memory, threads and file descriptors: nothing may grow. All of its homes at once, each with
 * clients of its own that ask as fast as they are answered; looked at when the clients have gone.
 */
record Soak(String name, int minutes) {
    static final String USUAL = "soak-30";

    private static final Pattern NAME = Pattern.compile("soak-([1-9]\\d{0,3})");
    private static final List<String> WORKLOADS = List.of("get-1k", "post-1k", "get-64k", "post-1m-1000", "h2-get-1k");
    private static final Duration SLICE = Duration.ofSeconds(12);
    private static final int ROW_MINUTES = 5;

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    static Soak named(String name) {
        Matcher found = NAME.matcher(name);
        if (!found.matches()) {
            throw new IllegalArgumentException(name);
        }
        return new Soak(name, Integer.parseInt(found.group(1)));
    }

    /** A section of Markdown. */
    String report(List<Peer> peers, int site, Path directory) throws IOException, InterruptedException {
        List<Front> fronts = new ArrayList<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            for (Peer peer : peers) {
                if (peer == Peer.RUNNER || peer == Peer.TOMCAT || peer == Peer.TOMCAT_CONF) {
                    fronts.add(peer.start(Peer.directoryOf(peer, directory), site));
                }
            }
            List<Future<String>> rows = new ArrayList<>();
            for (Front front : fronts) {
                rows.add(threads.submit(() -> drive(front, Peer.directoryOf(name, directory))));
            }
            StringBuilder text = new StringBuilder("### " + name + ": " + minutes + " minutes of "
                    + String.join(", ", WORKLOADS) + " in turn, " + SLICE.toSeconds() + " s each\n\n"
                    + "| | minute | RSS MiB | live heap MiB | threads | descriptors | requests | failures |\n"
                    + "|---|---|---|---|---|---|---|---|\n");
            for (Future<String> row : rows) {
                text.append(row.get());
            }
            return text.toString();
        } catch (ExecutionException e) {
            throw new IOException(e);
        } finally {
            threads.shutdownNow();
            fronts.forEach(Front::close);
        }
    }

    private String drive(Front front, Path directory) throws IOException, InterruptedException {
        LoadProgram program = new LoadProgram(directory);
        List<Workload> workloads = Workload.all().stream()
                .filter(workload -> WORKLOADS.contains(workload.name()) && front.speaks(workload))
                .toList();
        StringBuilder rows = new StringBuilder();
        long began = System.nanoTime();
        long requests = 0;
        long failures = 0;
        int rowAt = 1;
        for (long minute = 0; minute < minutes; ) {
            for (Workload workload : workloads) {
                Load load = program.drive(workload, front.portFor(workload), SLICE);
                requests += load.requests();
                failures += load.failures();
            }
            minute = Duration.ofNanos(System.nanoTime() - began).toMinutes();
            if (minute >= rowAt || minute >= minutes) {
                rows.append(row(front, minute, requests, failures));
                rowAt = (int) minute / ROW_MINUTES * ROW_MINUTES + ROW_MINUTES;
            }
        }
        return rows.toString();
    }

    private static String row(Front front, long minute, long requests, long failures)
            throws IOException, InterruptedException {
        ProcessFigures figures = new ProcessFigures(front.process());
        long resident = figures.residentBytes(); // before the collection
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %.1f | %d | %d | %,d | %d |%n",
                front.peer(),
                minute,
                resident >> 20,
                figures.liveHeap().bytes() / (double) (1 << 20),
                figures.threads(),
                figures.descriptors(),
                requests,
                failures);
    }
}
