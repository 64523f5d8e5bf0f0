package dev.holdfast.it;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The site is killed and started again while 200 clients use it, and no client notices: {@code rm balance}, wait for the marker,
 * {@code kill -9}, start, {@code touch balance}.
 */
@Timeout(240)
class UpgradeUnderLoadIT {
    private static final int CLIENTS = 200;
    private static final Duration WATCHED = Duration.ofMillis(500);

    @TempDir
    Path directory;

    private SiteProcess site;

    @BeforeEach
    void startSite() throws IOException {
        site = SiteProcess.start(Files.createDirectory(directory.resolve("site")));
    }

    @AfterEach
    void stopSite() throws IOException {
        site.close();
    }

    @Test
    void upgradesTwentyTimesBehindTheRunner() throws Exception {
        try (HoldfastProcess holdfast = HoldfastProcess.start(directory, site.port(), List.of("-Xmx512m"))) {
            upgradeUnderLoad("java -jar", holdfast.port(), holdfast.balance(), 20, 3);
        }
    }

    @ParameterizedTest(name = "Tomcat {0}")
    @ValueSource(ints = {10, 11})
    void upgradesInARealTomcat(int version) throws Exception {
        try (TomcatProcess tomcat = TomcatProcess.create(version, directory.resolve("tomcat"))
                .withUpstream(site.port())
                .start("-Xmx512m")) {
            upgradeUnderLoad("Tomcat " + version, tomcat.port(), tomcat.balance(), 2, 1);
        }
    }

    private void upgradeUnderLoad(String where, int port, BalanceFile balance, int restarts, int pauses)
            throws Exception {
        try (LoadClients load = LoadClients.start(port, CLIENTS, 1)) {
            load.awaitAnswered(2 * CLIENTS);
            for (int i = 0; i < restarts; i++) {
                int seen = hold(balance);
                site.kill();
                site.start();
                release(balance, seen, load);
            }
            for (int i = 0; i < pauses; i++) {
                int seen = hold(balance);
                await().during(WATCHED)
                        .atMost(WATCHED.multipliedBy(10))
                        .until(() -> site.requests().size() == seen);
                release(balance, seen, load);
            }
            load.stop();

            report(where, restarts, pauses, load);
            assertEquals(List.of(), load.failures());
            assertEquals(load.sent().size(), load.answered());
            assertEquals(Map.of(), notSeenOnce(load.sent()));
        }
    }

    /** Closes the gate, waits for the marker, and returns how many requests have reached the site until then. */
    private int hold(BalanceFile balance) throws IOException {
        balance.hold();
        balance.awaitDrained();
        return site.requests().size();
    }

    private void release(BalanceFile balance, int seenWhenDrained, LoadClients load) throws IOException {
        assertEquals(seenWhenDrained, site.requests().size(), "requests that reached the site while it was drained");
        balance.release();
        load.awaitAnswered(2 * CLIENTS);
        assertTrue(load.failures().isEmpty(), () -> load.failures().toString());
    }

    /** How often each request has reached the site. */
    private Map<String, Long> timesSeen() throws IOException {
        return site.requests().stream().collect(groupingBy(request -> request, counting()));
    }

    /** The requests that were sent or have reached the site, without those where both happened once; with how often they did reach it. */
    private Map<String, Long> notSeenOnce(Set<String> sent) throws IOException {
        Map<String, Long> times = timesSeen();
        sent.forEach(request -> times.putIfAbsent(request, 0L));
        times.entrySet().removeIf(entry -> entry.getValue() == 1 && sent.contains(entry.getKey()));
        return times;
    }

    private void report(String where, int restarts, int pauses, LoadClients load) throws IOException {
        List<String> requests = site.requests();
        System.out.printf(
                "Upgrade under load, %s: %d clients, %d restarts by kill -9, %d pauses; sent %d (%d POST), answered 200 %d,"
                        + " failed %d; site saw %d (%d POST), twice %d; %d connections, %d MB of bodies%n",
                where,
                CLIENTS,
                restarts,
                pauses,
                load.sent().size(),
                posts(load.sent()),
                load.answered(),
                load.failures().size(),
                requests.size(),
                posts(requests),
                timesSeen().values().stream().filter(times -> times > 1).count(),
                load.connections(),
                load.bodyBytes() >> 20);
    }

    private static long posts(Iterable<String> requests) {
        long posts = 0;
        for (String request : requests) {
            posts += request.startsWith("POST ") ? 1 : 0;
        }
        return posts;
    }
}
