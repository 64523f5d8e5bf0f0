package dev.holdfast.web;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random and mutated requests and responses through Holdfast, while its gate closes and opens. {@code -Dfuzz.seconds} says
 * for how long, {@code -Dfuzz.seed} repeats the bytes of a run, not its timing.
 *
 * <p>Among the noise go canaries: requests that are as they should be, and must get their own answer and no other's.
 */
@Timeout(300)
class FuzzIT {
    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("fuzz.seconds", 60));
    private static final String[] SETTINGS = {
        "responseTimeout", "3s",
        "clientTimeout", "3s",
        "tunnelIdleTimeout", "2s",
        "maxHold", "20s",
        "maxConnections", "200",
        "releaseConcurrency", "" + FuzzedUpstream.TOGETHER
    };
    private static final int STRANGERS = 12;
    private static final int CANARIES = 3;
    private static final int PATIENCE_MILLIS = 20_000;

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private final AtomicLong visits = new AtomicLong();
    private final AtomicLong canaries = new AtomicLong();
    private final AtomicLong unlucky = new AtomicLong();
    private long endNanos;

    @Test
    void nothingCrashesHangsOrLeaks() throws Exception {
        Complainer log = new Complainer(complaints);
        Logger logger = Logger.getLogger("dev.holdfast");
        logger.addHandler(log);
        logger.setUseParentHandlers(false); // a line for each bad answer would be thousands
        Logger container = Logger.getLogger("org.apache.catalina.connector");
        container.setLevel(Level.OFF); // heads larger than its buffer
        try (FuzzedUpstream upstream = new FuzzedUpstream(seed);
                TestSite site = TestSite.before(upstream.port(), SETTINGS)) {
            holdOne(site); // the gate's thread begins with the first that waits
            List<String> threadsBefore = ownThreads();

            endNanos = System.nanoTime() + LENGTH.toNanos();
            runAll(upstream, site);

            site.awaitHeld(0);
            System.out.printf(
                    "Fuzz, seed %d: %d visits, %d canaries (%d of them not answered), %d requests at the upstream over %d connections%n",
                    seed, visits.get(), canaries.get(), unlucky.get(), upstream.requests(), upstream.connections());
            assertTrue(canary(upstream, site.port(), "GET", "after"));
            site.hold();
            await("drained")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> site.gate().snapshot(), now -> now.isDrained() && now.streams() == 0);
            await("no connection").until(upstream::openConnections, open -> open == 0);
            releaseTogether(site);
            assertTrue(canary(upstream, site.port(), "POST", "released"));
            assertEquals(List.of(), List.copyOf(complaints));
            assertEquals(List.of(), List.copyOf(upstream.complaints()));
            assertEquals(threadsBefore, ownThreads());
            assertConserved(site);
            assertFalse(visits.get() < 100, "no load: " + visits);
            assertTrue(unlucky.get() <= 3 + canaries.get() / 1000, unlucky + " of " + canaries);
        } finally {
            logger.setUseParentHandlers(true);
            container.setLevel(null);
            logger.removeHandler(log);
        }
    }

    private static void holdOne(TestSite site) throws IOException {
        site.hold();
        try (Wire client = site.client()) {
            client.send("GET /canary/before HTTP/1.1\r\nHost: localhost\r\n\r\n");
            site.awaitHeld(1);
            site.release();
            assertTrue(client.readResponse().startsWith("HTTP/1.1 200 "));
        }
    }

    /** One to see whether the upstream is up, and then as many at a time as there are permits: none is lost, and none came back twice. */
    private static void releaseTogether(TestSite site) throws IOException {
        List<Wire> clients = new ArrayList<>();
        for (int i = 0; i <= 2 * FuzzedUpstream.TOGETHER; i++) {
            Wire client = site.client();
            clients.add(client);
            client.send("GET /canary/" + (i == 0 ? "first" : "together-" + i) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            site.awaitHeld(i + 1);
        }
        site.release();
        for (Wire client : clients) {
            assertTrue(client.readResponse().startsWith("HTTP/1.1 200 "));
            client.close();
        }
    }

    private void runAll(FuzzedUpstream upstream, TestSite site) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < STRANGERS; i++) {
            Random random = new Random(seed + i);
            boolean http2 = i % 3 == 0;
            threads.add(new Thread(() -> repeat(() -> {
                visits.incrementAndGet();
                if (http2) {
                    FuzzedHttp2Visit.to(site.port(), random, PATIENCE_MILLIS, complaints::add);
                } else {
                    FuzzedVisit.to(site.port(), random, PATIENCE_MILLIS, complaints::add);
                }
            })));
        }
        for (int i = 0; i < CANARIES; i++) {
            int which = i;
            AtomicLong number = new AtomicLong();
            threads.add(new Thread(() -> repeat(() -> canary(
                    upstream, site.port(), which == 0 ? "POST" : "GET", which + "-" + number.incrementAndGet()))));
        }
        AtomicLong number = new AtomicLong();
        threads.add(new Thread(() -> repeat(() -> http2Canaries(upstream, site.port(), number))));
        Random random = new Random(seed - 1);
        threads.add(new Thread(() -> repeat(() -> flip(site, random))));
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private interface Task {
        void run() throws Exception;
    }

    private void repeat(Task task) {
        while (System.nanoTime() - endNanos < 0) {
            try {
                task.run();
            } catch (Exception | AssertionError e) {
                complaints.add(e.toString());
            }
        }
    }

    private static void flip(TestSite site, Random random) throws Exception {
        Thread.sleep(random.nextInt(1000));
        site.hold();
        Thread.sleep(random.nextInt(300));
        site.release();
    }

    private boolean canary(FuzzedUpstream upstream, int port, String method, String number) throws IOException {
        String target = "/canary/" + number;
        String body = method.equals("POST") ? "body " + number : "";
        try (Wire client = new Wire(port)) {
            client.socket().setSoTimeout(30_000);
            client.send(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length()
                    + "\r\nConnection: close\r\n\r\n" + body);
            String response = client.readToEnd();
            String status = response.substring(0, Math.min(response.length(), 12));
            int end = response.indexOf("\r\n\r\n");
            String own = end < 0 ? "" : response.substring(end + 4);
            return isRight(upstream, method + " " + target, body, status.replace("HTTP/1.1 ", ""), own);
        }
    }

    private void http2Canaries(FuzzedUpstream upstream, int port, AtomicLong number) throws IOException {
        try (H2Wire client = new H2Wire(port)) {
            client.socket().setSoTimeout(30_000);
            for (int left = 50; left > 0; left--) {
                boolean post = left % 2 == 0;
                String target = "/canary/h2-" + number.incrementAndGet();
                String body = post ? "body " + number : "";
                int stream = client.request(post ? "POST" : "GET", target, !post);
                if (post) {
                    client.data(stream, body, true);
                }
                H2Wire.Response response = client.readResponse(stream);
                String status = response.fields().replaceAll("(?s)^:status: (...)\n.*", "$1");
                isRight(upstream, (post ? "POST " : "GET ") + target, body, status, response.body());
            }
        }
    }

    /**
     * 502 is right for a POST that met a connection which the upstream had just closed. And where more comes behind an answer
     * in the moment in which the next request goes out, nobody can tell that it is no answer to that one.
     */
    private boolean isRight(FuzzedUpstream upstream, String canary, String sent, String status, String got) {
        canaries.incrementAndGet();
        String target = canary.substring(canary.indexOf(' ') + 1);
        if (status.equals("200") && got.equals("answer to " + target + " " + sent)) {
            return true;
        }
        Boolean behindStrangers = upstream.cameBehindStrangers(target);
        boolean excused = behindStrangers == null
                ? status.isEmpty() || status.equals("502")
                : status.equals("502") && canary.startsWith("POST") || behindStrangers && !got.startsWith("answer to ");
        if (excused) {
            unlucky.incrementAndGet();
        } else {
            complaints.add(canary + " was answered " + status + " " + got);
        }
        return false;
    }

    private static List<String> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("holdfast-"))
                .filter(name -> !name.startsWith("holdfast-names-")) // which come and go
                .sorted()
                .toList();
    }

    private static void assertConserved(TestSite site) {
        var now = site.gate().snapshot();
        var counts = now.counts();
        assertEquals(
                counts.arrived(),
                counts.passed()
                        + now.held()
                        + counts.released()
                        + counts.expired()
                        + counts.abandoned()
                        + counts.rejected()
                        + counts.refused());
        assertEquals(0, now.inFlight());
    }

    /** What is logged as a defect, or with a stack trace, is one. */
    private static final class Complainer extends Handler {
        private final Queue<String> complaints;

        Complainer(Queue<String> complaints) {
            this.complaints = complaints;
        }

        @Override
        public void publish(LogRecord line) {
            if (line.getLevel() == Level.SEVERE) {
                complaints.add(line.getMessage() + " " + line.getThrown());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
