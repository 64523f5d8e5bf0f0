package dev.holdfast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator's commands, each a process of its own, as a deploy script runs them. */
class OperatorIT {
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final CountDownLatch stuckArrived = new CountDownLatch(1);
    private final CountDownLatch stuckMayEnd = new CountDownLatch(1);
    private final ExecutorService siteThreads = Executors.newCachedThreadPool();
    private HttpServer site;
    private int commands;

    @BeforeEach
    void startSite() throws IOException {
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.setExecutor(siteThreads);
        site.createContext("/", this::answer);
        site.start();
    }

    @AfterEach
    void stopSite() {
        stuckMayEnd.countDown();
        site.stop(0);
        siteThreads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/events")) {
                exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write("data: 1\n\n".getBytes());
                exchange.getResponseBody().flush();
            }
            if (path.equals("/stuck")) {
                stuckArrived.countDown();
            }
            if (path.equals("/stuck") || path.equals("/events")) {
                stuckMayEnd.await();
            }
            if (!path.equals("/events")) {
                exchange.sendResponseHeaders(200, 2);
                exchange.getResponseBody().write("ok".getBytes());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private HoldfastProcess holdfast() throws IOException {
        return HoldfastProcess.start(directory, site.getAddress().getPort(), List.of());
    }

    private ChildProcess begin(Path balance, String... command) throws IOException {
        List<String> line = new ArrayList<>(
                List.of(ChildProcess.java(), "-jar", HoldfastProcess.war().toString()));
        line.addAll(List.of(command));
        line.addAll(List.of("--balance-file", balance.toString()));
        return ChildProcess.start(directory, directory.resolve("command" + commands++ + ".out"), Map.of(), line);
    }

    /** Runs it, and returns what it printed. */
    private String run(int exit, Path balance, String... command) throws Exception {
        try (ChildProcess process = begin(balance, command)) {
            int code = process.awaitExit(COMMAND_LIMIT);
            assertEquals(exit, code, process.output());
            return process.output();
        }
    }

    private void assertMatches(String pattern, String text) {
        assertTrue(Pattern.compile(pattern).matcher(text).find(), text);
    }

    @Test
    void holdsAnIdleSiteAndReleasesIt() throws Exception {
        try (HoldfastProcess holdfast = holdfast();
                ClientConnection client = new ClientConnection(holdfast.port())) {
            Path balance = holdfast.balance().file();

            assertMatches("drained after .*: 0 in flight, 0 streams", run(0, balance, "hold", "--wait", "30s"));
            client.get("/held");
            assertTrue(client.staysSilent(Duration.ofMillis(300)));
            assertMatches("(?m)^drained: 0 in flight, 0 streams, 1 held", run(0, balance, "status"));

            assertMatches("open after", run(0, balance, "release", "--wait", "30s"));
            assertEquals(200, client.receive().status());
            assertFalse(Files.exists(holdfast.balance().drainedMarker()));
        }
    }

    @Test
    void saysWhichRequestIsStuckAndGoesOnWaitingWhereAsked() throws Exception {
        try (HoldfastProcess holdfast = holdfast();
                ClientConnection client = new ClientConnection(holdfast.port())) {
            Path balance = holdfast.balance().file();
            client.get("/stuck?token=secret");
            assertTrue(stuckArrived.await(10, TimeUnit.SECONDS));

            String over = run(1, balance, "hold", "--wait", "2s");
            assertMatches("not drained after 2\\.\\d s; draining: 1 in flight \\(GET /stuck for \\d+\\.\\d s\\)", over);

            try (ChildProcess waiting = begin(balance, "wait", "drained", "--timeout", "50s")) {
                stuckMayEnd.countDown();
                assertEquals(0, waiting.awaitExit(COMMAND_LIMIT), waiting.output());
            }
            assertEquals(200, client.receive().status());
        }
    }

    @Test
    void doesNotWaitForAnEventStreamButNamesIt() throws Exception {
        try (HoldfastProcess holdfast = holdfast();
                ClientConnection client = new ClientConnection(holdfast.port())) {
            client.get("/events");
            assertFalse(client.staysSilent(Duration.ofSeconds(10)), "the stream has begun");

            assertMatches(
                    "drained after .*: 0 in flight, 1 stream,",
                    run(0, holdfast.balance().file(), "hold", "--wait", "30s"));
        }
    }

    @Test
    void saysThatSomebodyReleasedMeanwhile() throws Exception {
        try (HoldfastProcess holdfast = holdfast();
                ClientConnection client = new ClientConnection(holdfast.port())) {
            client.get("/stuck");
            assertTrue(stuckArrived.await(10, TimeUnit.SECONDS));

            try (ChildProcess waiting = begin(holdfast.balance().file(), "hold", "--wait", "50s")) {
                waiting.awaitOutput(Pattern.compile("is removed"));
                holdfast.balance().release();

                assertEquals(2, waiting.awaitExit(COMMAND_LIMIT), waiting.output());
                assertMatches("somebody else moved", waiting.output());
            }
        }
    }

    @Test
    void aHoldfastThatIsKilledDuringTheWaitIsNotTakenForADrain() throws Exception {
        try (HoldfastProcess holdfast = holdfast();
                ClientConnection client = new ClientConnection(holdfast.port())) {
            client.get("/stuck");
            assertTrue(stuckArrived.await(10, TimeUnit.SECONDS));

            try (ChildProcess waiting = begin(holdfast.balance().file(), "hold", "--wait", "50s")) {
                Path status = directory.resolve("balance.status");
                waiting.awaitOutput(Pattern.compile("is removed"));
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() ->
                                Files.exists(status) && Files.readString(status).contains("draining"));
                holdfast.process().kill();

                assertEquals(3, waiting.awaitExit(COMMAND_LIMIT), waiting.output());
                assertMatches("no Holdfast answers", waiting.output());
            }
        }
    }

    @Test
    void tellsThatNoHoldfastIsThereAndWhatIsWrongUsage() throws Exception {
        Path elsewhere = directory.resolve("elsewhere");

        assertMatches("no Holdfast answers", run(3, elsewhere, "hold", "--wait", "1s"));
        assertMatches("\"60\" is not allowed", run(3, elsewhere, "hold", "--wait", "60"));
        assertMatches("hodl", run(3, elsewhere, "hodl"));
    }

    @Test
    void worksWithATomcatAsWell() throws Exception {
        try (TomcatProcess tomcat = TomcatProcess.create(10, Files.createDirectory(directory.resolve("tomcat")))
                        .withUpstream(site.getAddress().getPort())
                        .start();
                ClientConnection client = new ClientConnection(tomcat.port())) {
            Path balance = tomcat.balance().file();
            client.get("/stuck");
            assertTrue(stuckArrived.await(10, TimeUnit.SECONDS));

            assertMatches("GET /stuck for", run(1, balance, "hold", "--wait", "1s"));
            stuckMayEnd.countDown();
            run(0, balance, "wait", "drained");
            run(0, balance, "release", "--wait", "30s");
            assertEquals(200, client.receive().status());
        }
    }
}
