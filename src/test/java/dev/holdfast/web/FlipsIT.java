package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.gate.GateSnapshot;
import dev.holdfast.gate.GateSnapshot.Counts;
import dev.holdfast.gate.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However the gate is flipped, each request reaches the upstream once, and none while the gate says that the site is idle. */
@Timeout(180)
class FlipsIT {
    private static final int FLIPS = 10_000;
    private static final int CLIENTS = 8;
    private static final long LONGEST_PHASE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** Long enough for the line to go, so that newcomers pass again; each fiftieth time. */
    private static final long LONG_PHASE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ExecutorService siteThreads = Executors.newCachedThreadPool();
    private final AtomicInteger atTheSite = new AtomicInteger();
    private final Map<String, AtomicInteger> seen = new ConcurrentHashMap<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private volatile boolean over;
    private HttpServer upstream;

    @AfterEach
    void stop() {
        upstream.stop(0);
        siteThreads.shutdownNow();
    }

    @Test
    void tenThousandLoseAndDuplicateNothing() throws Exception {
        upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
        upstream.setExecutor(siteThreads);
        upstream.createContext("/", this::answer);
        upstream.start();
        try (TestSite site =
                TestSite.before(upstream.getAddress().getPort(), "releaseConcurrency", "6", "releaseCanary", "false")) {
            List<Thread> clients = new ArrayList<>();
            for (int each = 0; each < CLIENTS; each++) {
                Random random = new Random(each);
                Thread client = new Thread(() -> ask(site, random), "client-" + each);
                clients.add(client);
                client.start();
            }
            int drained = flip(site);
            over = true;
            for (Thread client : clients) {
                client.join();
            }

            assertEquals(List.of(), List.copyOf(wrong));
            assertEquals(numbers.get(), seen.size());
            seen.forEach((request, times) -> assertEquals(1, times.get(), request));
            Until.true_(() -> site.gate().snapshot().inFlight() == 0);
            assertAllAccountedFor(site.gate().snapshot(), drained);
        }
    }

    /** Returns how often the site was idle for a while. */
    private int flip(TestSite site) {
        Random random = new Random(1);
        Reason[] reasons = {Reason.CLUSTER, Reason.UPSTREAM};
        int drained = 0;
        for (int flip = 0; flip < FLIPS && wrong.isEmpty(); flip++) {
            Reason reason = reasons[random.nextInt(reasons.length)];
            site.gate().close(reason, "flip");
            long closedUntil = System.nanoTime() + random.nextLong(LONGEST_PHASE_NANOS);
            boolean idle = false;
            while (System.nanoTime() - closedUntil < 0) {
                LockSupport.parkNanos(100_000);
                if (site.gate().isDrained()) {
                    idle = true;
                    if (atTheSite.get() != 0) {
                        wrong.add("at the site while it is said to be idle");
                    }
                }
            }
            drained += idle ? 1 : 0;
            site.gate().open(reason);
            LockSupport.parkNanos(flip % 50 == 0 ? LONG_PHASE_NANOS : random.nextLong(LONGEST_PHASE_NANOS));
        }
        return drained;
    }

    private void assertAllAccountedFor(GateSnapshot gate, int drained) {
        Counts counts = gate.counts();
        System.out.printf(
                "%d flips, %d of them drained: %d requests, %d passed at once, %d held and released%n",
                FLIPS, drained, numbers.get(), counts.passed(), counts.released());
        assertEquals(0, gate.held());
        assertEquals(numbers.get(), counts.arrived());
        assertEquals(counts.arrived(), counts.passed() + counts.released());
        assertTrue(counts.passed() > 20 && counts.released() > 1000 && drained > 100, counts::toString);
    }

    private void ask(TestSite site, Random random) {
        try {
            while (!over) {
                try (RawClient client = new RawClient(site.port())) {
                    for (int each = 0; each < 50 && !over; each++) {
                        ask(client, random.nextBoolean());
                        LockSupport.parkNanos(random.nextLong(LONGEST_PHASE_NANOS)); // else the line never is empty
                    }
                }
            }
        } catch (IOException | RuntimeException e) {
            wrong.add(Thread.currentThread().getName() + ": " + e);
        }
    }

    private void ask(RawClient client, boolean post) throws IOException {
        String number = Integer.toString(numbers.incrementAndGet());
        String line = (post ? "POST /" : "GET /") + number + " HTTP/1.1\r\nHost: site\r\n";
        client.send(post ? line + "Content-Length: " + number.length() + "\r\n\r\n" + number : line + "\r\n");
        RawClient.Answer answer = client.read();
        if (answer.status() != 200 || !number.equals(answer.fields().get("X-Number"))) {
            wrong.add(number + " got " + answer);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        atTheSite.incrementAndGet();
        String number = exchange.getRequestURI().getPath().substring(1);
        String body = new String(exchange.getRequestBody().readAllBytes());
        seen.computeIfAbsent(number, first -> new AtomicInteger()).incrementAndGet();
        if (exchange.getRequestMethod().equals("POST") && !body.equals(number)) {
            wrong.add(number + " came with " + body);
        }
        exchange.getResponseHeaders().set("X-Number", number);
        atTheSite.decrementAndGet(); // no more before the answer can be seen
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }
}
