package dev.holdfast.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What 5,000 held requests cost: threads, processor time, upstream connections, heap. */
@Timeout(300)
class CheapWaitingIT {
    private static final int FEW = 10;
    private static final int MANY = 5000;
    private static final double MOST_PERCENT_OF_A_CORE = 2;

    /** A stock Tomcat scans for applications to deploy, and has some other housekeeping, which is no cost of waiting. */
    private static final double MOST_PERCENT_IN_STOCK_TOMCAT = 2.5;

    private static final Duration MEASURED = Duration.ofSeconds(10);

    /** For a minute or two the JVM still compiles what ran before; that is no cost of waiting. */
    private static final int MOST_MEASUREMENTS = 15;

    @TempDir
    Path directory;

    @Test
    void byItself() throws Exception {
        try (RecordingUpstream upstream = new RecordingUpstream();
                HoldfastProcess holdfast =
                        HoldfastProcess.start(directory, upstream.port(), List.of("-Xmx1g"), "--max-hold", "10m")) {
            holdMany(
                    "java -jar",
                    upstream,
                    holdfast.port(),
                    holdfast.balance(),
                    holdfast.figures(),
                    110,
                    MOST_PERCENT_OF_A_CORE);
        }
    }

    @Test
    void inTomcatWithItsDefaultConnector() throws Exception {
        try (RecordingUpstream upstream = new RecordingUpstream();
                TomcatProcess tomcat = TomcatProcess.create(11, directory)
                        .withStockServerXml()
                        .withAllThreadsFromTheStart()
                        .withUpstream(upstream.port())
                        .with("maxHold", "10m")
                        .start("-Xmx1g")) {
            holdMany(
                    "default connector",
                    upstream,
                    tomcat.port(),
                    tomcat.balance(),
                    tomcat.figures(),
                    110,
                    MOST_PERCENT_IN_STOCK_TOMCAT);
        }
    }

    @Test
    void inTomcatWithOurConnector() throws Exception {
        try (RecordingUpstream upstream = new RecordingUpstream();
                TomcatProcess tomcat = TomcatProcess.create(11, directory)
                        .withAllThreadsFromTheStart()
                        .withUpstream(upstream.port())
                        .with("maxHold", "10m")
                        .start("-Xmx1g")) {
            holdMany(
                    "connector of tomcat-conf",
                    upstream,
                    tomcat.port(),
                    tomcat.balance(),
                    tomcat.figures(),
                    80,
                    MOST_PERCENT_OF_A_CORE);
        }
    }

    private static void holdMany(
            String where,
            RecordingUpstream upstream,
            int port,
            BalanceFile balance,
            ProcessFigures figures,
            int mostHeapKilobytes,
            double mostPercentOfCore)
            throws Exception {
        try (HeldClients clients = new HeldClients(port)) {
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
            List<Double> percentsOfCore = new ArrayList<>();
            do {
                percentsOfCore.add(percentOfCore(clients, figures));
            } while (Collections.min(percentsOfCore) >= mostPercentOfCore && percentsOfCore.size() < MOST_MEASUREMENTS);

            long heapEach = (heapWithMany - heapWithFew) / (MANY - FEW);
            System.out.printf(
                    "Cheap waiting, %s: %d held; threads %d (with %d held: %d); %% of a core in each 10 s: %s;"
                            + " heap %.1f KB each;"
                            + " upstream connections %d%n",
                    where,
                    MANY,
                    threadsWithMany,
                    FEW,
                    threadsWithFew,
                    percentsOfCore,
                    heapEach / 1024.0,
                    upstream.acceptedConnections() - acceptedBefore);
            assertEquals(acceptedBefore, upstream.acceptedConnections());
            assertEquals(FEW, clients.answered());
            assertTrue(threadsWithMany <= threadsWithFew + 5, threadsWithFew + " -> " + threadsWithMany);
            assertTrue(Collections.min(percentsOfCore) < mostPercentOfCore, percentsOfCore.toString());
            assertTrue(heapEach <= mostHeapKilobytes * 1024L, heapEach + " bytes");

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

    private static double percentOfCore(HeldClients clients, ProcessFigures figures) throws IOException {
        Duration before = figures.processorTime();
        clients.takeAnswers(MEASURED, () -> false);
        return 100.0 * figures.processorTime().minus(before).toMillis() / MEASURED.toMillis();
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
