package dev.holdfast.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What 5,000 held requests cost: threads, processor time, upstream connections, heap; and what it costs to look at them. */
@Timeout(300)
class CheapWaitingIT {
    private static final int FEW = 10;
    private static final int MANY = 5000;
    private static final double MOST_PERCENT_OF_A_CORE = 2;
    private static final double MOST_PERCENT_FOR_ONE_WHO_LOOKS = 1;
    private static final long MOST_HEAP_DEFAULT_CONNECTOR = 110 * 1024;
    private static final long MOST_HEAP_OUR_CONNECTOR = 80 * 1024;

    /** As long as anything that Tomcat does from time to time. */
    private static final Duration MEASURED = Duration.ofSeconds(10);

    /** The least counts, and one that is low enough is: whatever else the machine has to do makes it more, nothing less. */
    private static final int MEASUREMENTS = 12;

    @TempDir
    Path directory;

    @Test
    void byItself() throws Exception {
        try (RecordingUpstream upstream = new RecordingUpstream();
                HoldfastProcess holdfast =
                        HoldfastProcess.start(directory, upstream.port(), List.of("-Xmx1g"), "--max-hold", "10m")) {
            holdMany(
                    new Holder("java -jar", holdfast.port(), holdfast.balance(), holdfast.figures()),
                    upstream,
                    MOST_HEAP_DEFAULT_CONNECTOR,
                    CheapWaitingIT::assertThatToLookIsCheap);
        }
    }

    @Test
    void inTomcatWithItsDefaultConnector() throws Exception {
        try (RecordingUpstream upstream = new RecordingUpstream();
                TomcatProcess tomcat = tomcat(upstream).withStockServerXml().withAllThreadsFromTheStart()) {
            holdMany(started("default connector", tomcat), upstream, MOST_HEAP_DEFAULT_CONNECTOR, Meanwhile.NOTHING);
        }
    }

    @Test
    void inTomcatWithOurConnector() throws Exception {
        try (RecordingUpstream upstream = new RecordingUpstream();
                TomcatProcess tomcat = tomcat(upstream).withAllThreadsFromTheStart()) {
            holdMany(started("connector of tomcat-conf", tomcat), upstream, MOST_HEAP_OUR_CONNECTOR, Meanwhile.NOTHING);
        }
    }

    /** A Holdfast that runs. */
    private record Holder(String where, int port, BalanceFile balance, ProcessFigures figures) {}

    /** What else is looked at while all of them are held. */
    private interface Meanwhile {
        Meanwhile NOTHING = (holder, clients, percentOfCore) -> {};

        /** @param percentOfCore that it takes to hold them */
        void look(Holder holder, HeldClients clients, double percentOfCore) throws Exception;
    }

    private TomcatProcess tomcat(RecordingUpstream upstream) throws IOException {
        return TomcatProcess.create(11, directory).withUpstream(upstream.port()).with("maxHold", "10m");
    }

    private static Holder started(String where, TomcatProcess tomcat) throws IOException {
        tomcat.start("-Xmx1g");
        return new Holder(where, tomcat.port(), tomcat.balance(), tomcat.figures());
    }

    private static void holdMany(Holder holder, RecordingUpstream upstream, long mostHeapEach, Meanwhile meanwhile)
            throws Exception {
        BalanceFile balance = holder.balance();
        ProcessFigures figures = holder.figures();
        try (HeldClients clients = new HeldClients(holder.port())) {
            clients.send(FEW);
            clients.takeAnswers(Duration.ofSeconds(10), () -> clients.answered() == FEW);
            balance.hold();
            balance.awaitDrained();
            await().atMost(Duration.ofSeconds(5)).until(() -> upstream.openConnections() == 0);
            int acceptedBefore = upstream.acceptedConnections();

            long heapWithFew = holdMore(FEW, FEW, clients, figures);
            int threadsWithFew = figures.threads();
            long heapWithMany = holdMore(MANY - FEW, MANY, clients, figures);
            int threadsWithMany = figures.threads();
            List<Double> percentsOfCore = percentsOfCore(clients, figures, MOST_PERCENT_OF_A_CORE, () -> {});
            double percentOfCore = percentsOfCore.get(0);

            long heapEach = (heapWithMany - heapWithFew) / (MANY - FEW);
            System.out.printf(
                    "Cheap waiting, %s: %d held; threads %d (with %d held: %d); %.2f%% of a core (10 s each: %s);"
                            + " heap %.1f KB each;"
                            + " upstream connections %d%n",
                    holder.where(),
                    MANY,
                    threadsWithMany,
                    FEW,
                    threadsWithFew,
                    percentOfCore,
                    percentsOfCore,
                    heapEach / 1024.0,
                    upstream.acceptedConnections() - acceptedBefore);
            assertEquals(acceptedBefore, upstream.acceptedConnections());
            assertEquals(FEW, clients.answered());
            assertTrue(threadsWithMany <= threadsWithFew + 5, threadsWithFew + " -> " + threadsWithMany);
            assertTrue(percentOfCore < MOST_PERCENT_OF_A_CORE, percentsOfCore.toString());
            assertTrue(heapEach <= mostHeapEach, heapEach + " bytes");
            meanwhile.look(holder, clients, percentOfCore);

            balance.release();
            clients.takeAnswers(Duration.ofSeconds(60), () -> clients.answered() == FEW + MANY);
            assertEquals(List.of(), clients.wrong());
            assertEquals(FEW + MANY, clients.answered());
            assertEquals(
                    FEW + MANY,
                    upstream.received().stream()
                            .map(RecordingUpstream.Received::requestLine)
                            .distinct()
                            .count());
            assertEquals(FEW + MANY, upstream.received().size());
        }
    }

    /** Loads the page, which then has an event stream for as long as it is open. */
    private static void assertThatToLookIsCheap(Holder holder, HeldClients clients, double percentOfCore)
            throws Exception {
        HttpClient browser = HttpClient.newHttpClient();
        URI page = URI.create("http://127.0.0.1:" + holder.port() + "/.holdfast/");
        AtomicInteger told = new AtomicInteger();
        HttpRequest events = HttpRequest.newBuilder(page.resolve("events")).build();
        try (Stream<String> lines = browser.send(events, BodyHandlers.ofLines()).body()) {
            CompletableFuture<Void> looking = CompletableFuture.runAsync(() ->
                    lines.filter(line -> line.contains("\"held\":" + MANY)).forEach(line -> told.incrementAndGet()));
            List<Double> percentsOfCore = percentsOfCore(
                    clients,
                    holder.figures(),
                    percentOfCore + MOST_PERCENT_FOR_ONE_WHO_LOOKS,
                    () -> load(browser, page));
            System.out.printf(
                    "Cheap looking, %s: %.2f%% of a core more (10 s each: %s); told %d times%n",
                    holder.where(), percentsOfCore.get(0) - percentOfCore, percentsOfCore, told.get());
            assertTrue(
                    percentsOfCore.get(0) - percentOfCore < MOST_PERCENT_FOR_ONE_WHO_LOOKS,
                    percentsOfCore + " instead of " + percentOfCore);
            await().until(() -> told.get() > 5);
            assertFalse(looking.isDone());
        }
    }

    private static void load(HttpClient browser, URI page) {
        browser.sendAsync(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                .thenAccept(answer -> assertEquals(200, answer.statusCode()))
                .join();
    }

    /**
     * Sorted.
     *
     * @param enough less than this, and it is not measured again
     * @param each done once in each measurement
     */
    private static List<Double> percentsOfCore(
            HeldClients clients, ProcessFigures figures, double enough, Runnable each) throws IOException {
        List<Double> percents = new ArrayList<>();
        while (percents.size() < MEASUREMENTS && percents.stream().noneMatch(percent -> percent < enough)) {
            long started = System.nanoTime();
            Map<String, Duration> before = figures.processorTimes();
            each.run();
            clients.takeAnswers(MEASURED, () -> false);
            Map<String, Duration> after = figures.processorTimes();
            long elapsed = System.nanoTime() - started;
            long used = 0;
            for (var thread : after.entrySet()) {
                Duration since = before.getOrDefault(thread.getKey(), Duration.ZERO);
                used += thread.getValue().minus(since).toNanos();
            }
            percents.add(Math.round(10_000.0 * used / elapsed) / 100.0);
        }
        Collections.sort(percents);
        return percents;
    }

    /** Sends more requests, waits until Tomcat has started asynchronous processing of all, and returns the live heap. */
    private static long holdMore(int more, int all, HeldClients clients, ProcessFigures figures)
            throws IOException, InterruptedException {
        clients.send(more);
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    return figures.liveHeap().instancesOf("org.apache.catalina.core.AsyncContextImpl") >= all;
                });
        // Let the last of them settle; nobody gets an answer meanwhile, or the count above is wrong at the end.
        clients.takeAnswers(Duration.ofSeconds(2), () -> false);
        return figures.liveHeap().bytes();
    }
}
