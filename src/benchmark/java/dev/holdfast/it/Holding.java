package dev.holdfast.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What many held requests cost Holdfast, and how fast they are answered when the balance file is back. */
record Holding(String name, boolean http2, int count) {
    static final List<String> USUAL = List.of("hold-5000", "hold-15000", "hold-h2-100000");

    private static final Pattern NAME = Pattern.compile("hold-(h2-)?(\\d+)");
    private static final Pattern HELD = Pattern.compile("\"held\":(\\d+)");
    private static final int FEW = 100;
    /** Of Tomcat's own server.xml. */
    private static final int MOST_CONNECTIONS_OF_STOCK_TOMCAT = 8192;

    private static final Duration MEASURED = Duration.ofSeconds(10);
    private static final Duration SETTLED = Duration.ofSeconds(2);
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final Duration RELEASE_LIMIT = Duration.ofSeconds(120);
    private static final Map<String, String> SETTINGS =
            Map.of("maxHold", "1h", "maxClosed", "2h", "holdLimit", "1000000");

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    static Holding named(String name) {
        Matcher found = NAME.matcher(name);
        if (!found.matches()) {
            throw new IllegalArgumentException(name);
        }
        return new Holding(name, found.group(1) != null, Integer.parseInt(found.group(2)));
    }

    private static final String COLUMNS =
            "| | RSS MiB | RSS KiB each | heap KiB each | threads | %% of a core while holding"
                    + " | file to first ms: cold JVM, warm | file to last ms | answered | failures |%n|---|---|---|---|---|---|---|---|---|---|%n";

    /** A section of Markdown. */
    String report(List<Peer> peers, int site, Path directory) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "### %s: %,d held over %s%n%n" + COLUMNS,
                name,
                count,
                http2 ? "HTTP/2, 100 streams a connection" : "HTTP/1.1"));
        for (Peer peer : peers) {
            if (canHold(peer)) {
                text.append(row(peer, site, Peer.directoryOf(peer, directory)));
            }
        }
        return text.append("\nThe JVM had ").append(heap()).append(".\n").toString();
    }

    private boolean canHold(Peer peer) {
        return switch (peer) {
            case RUNNER, TOMCAT_CONF -> true;
            case TOMCAT -> !http2 && count + FEW <= MOST_CONNECTIONS_OF_STOCK_TOMCAT;
            default -> false;
        };
    }

    private String heap() {
        return count > 5_000 ? "-Xmx8g" : "-Xmx1g"; // each takes some 100 KB
    }

    private String row(Peer peer, int site, Path directory) throws IOException, InterruptedException {
        if (peer == Peer.RUNNER) {
            String[] options = {"--max-hold", "1h", "--max-closed", "2h", "--hold-limit", "1000000"}; // as SETTINGS
            try (HoldfastProcess holdfast = HoldfastProcess.start(directory, site, List.of(heap()), options)) {
                return row(peer, directory, holdfast.port(), holdfast.balance(), holdfast.figures());
            }
        }
        try (TomcatProcess tomcat = TomcatProcess.create(11, directory).withUpstream(site)) {
            for (var setting : SETTINGS.entrySet()) {
                tomcat.with(setting.getKey(), setting.getValue());
            }
            if (peer == Peer.TOMCAT) {
                tomcat.withStockServerXml();
            }
            tomcat.start(heap());
            return row(peer, directory, tomcat.port(), tomcat.balance(), tomcat.figures());
        }
    }

    /** What makes a JVM warm: the load of every day. */
    Workload everyday() {
        return Workload.named(http2 ? "h2-get-1k" : "get-1k");
    }

    /** Twice: memory is that of a JVM that has held nobody before; before the second time it has had load. */
    private String row(Peer peer, Path directory, int port, BalanceFile balance, ProcessFigures figures)
            throws IOException, InterruptedException {
        String memory;
        double percentOfCore;
        int threads;
        Release cold;
        try (HeldCrowd crowd = crowd(port)) {
            begin(peer, crowd, balance);
            long heapBefore = figures.liveHeap().bytes();
            long residentBefore = figures.residentBytes();
            crowd.send(count);
            awaitHeld(balance);
            long resident = figures.residentBytes();
            percentOfCore = percentOfCore(crowd, figures);
            threads = figures.threads();
            long heap = figures.liveHeap().bytes();
            memory = String.format(
                    Locale.ROOT,
                    "%d | %.1f | %.1f",
                    resident >> 20,
                    (resident - residentBefore) / 1024.0 / count,
                    (heap - heapBefore) / 1024.0 / count);
            cold = release(peer, balance, crowd);
        }
        new LoadProgram(directory).drive(everyday(), port, WARM_UP);
        try (HeldCrowd crowd = crowd(port)) {
            begin(peer, crowd, balance);
            crowd.send(count);
            awaitHeld(balance);
            crowd.takeAnswers(SETTLED, () -> false);
            Release warm = release(peer, balance, crowd);
            return String.format(
                    Locale.ROOT,
                    "| %s | %s | %d | %.2f | %d, %d | %d, %d | %,d | %d |%n",
                    peer,
                    memory,
                    threads,
                    percentOfCore,
                    cold.firstMillis,
                    warm.firstMillis,
                    cold.lastMillis,
                    warm.lastMillis,
                    cold.answered + warm.answered,
                    2 * count - cold.answered - warm.answered);
        }
    }

    private HeldCrowd crowd(int port) throws IOException {
        return http2 ? new Http2Crowd(port) : new HeldClients(port);
    }

    private static void begin(Peer peer, HeldCrowd crowd, BalanceFile balance) throws IOException {
        crowd.send(FEW);
        crowd.takeAnswers(Duration.ofSeconds(20), () -> crowd.answered() == FEW);
        if (crowd.answered() < FEW) {
            throw new IOException(peer + " does not answer: " + crowd.wrong());
        }
        balance.hold();
        balance.awaitDrained();
    }

    private void awaitHeld(BalanceFile balance) {
        Path status = balance.file().resolveSibling("balance.status");
        await(count + " held")
                .atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    Matcher held = HELD.matcher(Files.readString(status));
                    return held.find() && Integer.parseInt(held.group(1)) == count;
                });
    }

    private static double percentOfCore(HeldCrowd crowd, ProcessFigures figures) throws IOException {
        long started = System.nanoTime();
        Map<String, Duration> before = figures.processorTimes();
        crowd.takeAnswers(MEASURED, () -> false);
        Map<String, Duration> after = figures.processorTimes();
        long elapsed = System.nanoTime() - started;
        long used = 0;
        for (var thread : after.entrySet()) {
            used += thread.getValue()
                    .minus(before.getOrDefault(thread.getKey(), Duration.ZERO))
                    .toNanos();
        }
        return 100.0 * used / elapsed;
    }

    /** From the file's return to the first answer, and to the last. */
    private record Release(long firstMillis, long lastMillis, int answered) {}

    private Release release(Peer peer, BalanceFile balance, HeldCrowd crowd) throws IOException {
        List<Long> first = new ArrayList<>();
        long began = System.nanoTime();
        balance.release();
        crowd.takeAnswers(RELEASE_LIMIT, () -> {
            if (first.isEmpty() && crowd.answered() > FEW) {
                first.add(System.nanoTime());
            }
            return crowd.answered() == FEW + count;
        });
        long last = System.nanoTime();
        if (!crowd.wrong().isEmpty()) {
            System.err.println(peer + ": " + crowd.wrong().size() + " times, such as "
                    + crowd.wrong().get(0));
        }
        return new Release(
                ((first.isEmpty() ? last : first.get(0)) - began) / 1_000_000,
                (last - began) / 1_000_000,
                crowd.answered() - FEW);
    }
}
