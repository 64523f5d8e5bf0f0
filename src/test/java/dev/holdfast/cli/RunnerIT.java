package dev.holdfast.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.config.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the WAR as an operator does: as a process of its own, with signals and exit codes. */
class RunnerIT {
    @TempDir
    Path directory;

    private final List<String> received = new CopyOnWriteArrayList<>();
    private final CountDownLatch slowArrived = new CountDownLatch(1);
    private final CountDownLatch slowMayAnswer = new CountDownLatch(1);
    private final ExecutorService upstreamThreads = Executors.newCachedThreadPool();
    private final HttpClient client =
            HttpClient.newBuilder().version(Version.HTTP_1_1).build();
    private HttpServer upstream;
    private Path balance;

    @BeforeEach
    void startUpstream() throws Exception {
        upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        upstream.setExecutor(upstreamThreads);
        upstream.createContext("/", this::answer);
        upstream.start();
        balance = Files.createFile(directory.resolve("balance"));
    }

    @AfterEach
    void stopUpstream() {
        slowMayAnswer.countDown();
        upstream.stop(0);
        upstreamThreads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            received.add(exchange.getRequestURI().toString());
            if (exchange.getRequestURI().getPath().equals("/slow")) {
                slowArrived.countDown();
                slowMayAnswer.await();
            }
            byte[] body = "from upstream".getBytes(ISO_8859_1);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private String upstreamUrl() {
        return "http://127.0.0.1:" + upstream.getAddress().getPort();
    }

    private RunnerProcess start(String... more) throws IOException {
        List<String> options = List.of("--port", "0", "--address", "127.0.0.1", "--upstream", upstreamUrl());
        return RunnerProcess.start(
                directory, Stream.concat(options.stream(), Stream.of(more)).toArray(String[]::new));
    }

    private static HttpRequest get(String url) {
        return HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    private CompletableFuture<HttpResponse<String>> send(String url) {
        return client.sendAsync(get(url), BodyHandlers.ofString());
    }

    private void awaitDrained() {
        await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(directory.resolve("balance.drained")));
    }

    @Test
    void saysOneLineWhenItServes() throws Exception {
        try (var runner = start()) {
            String url = runner.url();

            var response = send(url + "/").join();

            assertEquals(200, response.statusCode());
            assertEquals("from upstream", response.body());
            assertEquals(
                    "Holdfast serves " + url + " for " + upstreamUrl() + "; balance file " + balance
                            + System.lineSeparator(),
                    runner.out());
        }
    }

    @Test
    void logIsReadByMachinesWhereThatIsAskedFor() throws Exception {
        try (var runner = start("--log", "json")) {
            runner.url();
            Files.delete(balance);
            await().atMost(Duration.ofSeconds(10)).until(() -> runner.err().contains("drained after"));
            runner.terminate();
            assertEquals(0, runner.exitCode());

            for (String line : runner.err().lines().toList()) {
                assertEquals(
                        Set.of("time", "level", "logger", "message", "thrown"),
                        Json.object(line).keySet());
            }
            assertFalse(runner.out().contains("\r"), "a progress line, and nobody looks on");
        }
    }

    @Test
    void holdsWhileTheBalanceFileIsAbsent() throws Exception {
        try (var runner = start()) {
            String url = runner.url();
            Files.delete(balance);
            awaitDrained();

            var held = send(url + "/held");
            // Held, and not merely on its way: a later request, over its own connection, does not overtake it either.
            var later = send(url + "/later");
            assertThrows(TimeoutException.class, () -> held.get(500, TimeUnit.MILLISECONDS));
            assertEquals(List.of(), received);

            Files.createFile(balance);
            assertEquals("from upstream", held.get(10, TimeUnit.SECONDS).body());
            assertEquals("from upstream", later.get(10, TimeUnit.SECONDS).body());
            assertEquals(2, received.size());
        }
    }

    @Test
    void optionReachesTheWar() throws Exception {
        Files.delete(balance);
        try (var runner = start("--max-hold", "200ms")) {
            var response = send(runner.url() + "/").get(10, TimeUnit.SECONDS);

            assertEquals(503, response.statusCode());
            assertTrue(response.headers().firstValue("Retry-After").isPresent());
            assertEquals(List.of(), received);
        }
    }

    @Test
    void badSettingIsNamed() throws Exception {
        try (var runner = start("--max-hold", "60")) {
            assertEquals(3, runner.exitCode());
            assertTrue(runner.err().contains("--max-hold"), runner.err());
            assertTrue(runner.err().contains("\"60\" is not allowed"), runner.err());
            assertEquals("", runner.out());
        }
    }

    @Test
    void portInUseIsTold() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var runner = RunnerProcess.start(
                        directory, "--address", "127.0.0.1", "--port", String.valueOf(taken.getLocalPort()))) {
            assertEquals(1, runner.exitCode());
            assertTrue(runner.err().contains("cannot listen at port " + taken.getLocalPort()), runner.err());
            assertEquals(1, runner.err().lines().count(), runner.err());
            assertEquals("", runner.out());
        }
    }

    @Test
    void tellsItsVersion() throws Exception {
        try (var runner = RunnerProcess.start(directory, "--version")) {
            assertEquals(0, runner.exitCode());
            assertTrue(runner.out().matches("holdfast \\d\\S+\\s+"), runner.out());
        }
    }

    @Test
    void speaksCleartextHttp2() throws Exception {
        var http2 = HttpClient.newBuilder().version(Version.HTTP_2).build();
        try (var runner = start()) {
            String url = runner.url();
            for (int i = 0; i < 2; i++) { // the first is the HTTP/1.1 upgrade, the second is HTTP/2 from its start
                var response = http2.send(get(url + "/" + i), BodyHandlers.ofString());

                assertEquals(Version.HTTP_2, response.version());
                assertEquals("from upstream", response.body());
            }
        }
    }

    @Test
    void forwardsWhatBrowsersSendRaw() throws Exception {
        String target = "/a%2Fb//%25;x=1/[c]?d[]={e}|^`\\f";
        try (var rawUpstream = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var runner = RunnerProcess.start(
                        directory,
                        "--port",
                        "0",
                        "--address",
                        "127.0.0.1",
                        "--upstream",
                        "http://127.0.0.1:" + rawUpstream.getLocalPort())) {
            URI url = URI.create(runner.url());
            rawUpstream.setSoTimeout(10_000);
            try (var socket = new Socket(url.getHost(), url.getPort())) {
                socket.getOutputStream().write(("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n").getBytes(ISO_8859_1));

                try (var accepted = rawUpstream.accept()) {
                    accepted.setSoTimeout(10_000);
                    var head = new StringBuilder();
                    while (head.indexOf("\r\n") < 0) {
                        head.append((char) accepted.getInputStream().read());
                    }
                    assertEquals("GET " + target + " HTTP/1.1\r\n", head.toString());
                }
            }
        }
    }

    @Test
    void sigtermAnswersTheHeldAndFinishesThoseInFlight() throws Exception {
        try (var runner = start()) {
            String url = runner.url();
            var slow = send(url + "/slow");
            assertTrue(slowArrived.await(10, TimeUnit.SECONDS));
            Files.delete(balance);
            await().atMost(Duration.ofSeconds(10)).until(() -> runner.err().contains("in flight"));
            var held = send(url + "/held");
            assertThrows(TimeoutException.class, () -> held.get(500, TimeUnit.MILLISECONDS));

            runner.terminate();

            var refused = held.get(10, TimeUnit.SECONDS);
            assertEquals(503, refused.statusCode());
            assertTrue(refused.headers().firstValue("Retry-After").isPresent());
            assertTrue(runner.isAlive(), "a request is in flight");
            var newcomer = assertThrows(
                    ExecutionException.class,
                    () -> HttpClient.newHttpClient()
                            .sendAsync(get(url + "/late"), BodyHandlers.ofString())
                            .get(10, TimeUnit.SECONDS));
            assertEquals(ConnectException.class, newcomer.getCause().getClass());
            slowMayAnswer.countDown();
            assertEquals("from upstream", slow.get(10, TimeUnit.SECONDS).body());
            assertEquals(0, runner.exitCode());
            assertEquals(List.of("/slow"), received);
            try (var left = Files.list(RunnerProcess.temporaryFiles(directory))) {
                assertEquals(List.of(), left.toList());
            }
        }
    }

    @Test
    void sigtermDoesNotWaitForEverForThoseInFlight() throws Exception {
        try (var runner = start()) {
            var slow = send(runner.url() + "/slow");
            assertTrue(slowArrived.await(10, TimeUnit.SECONDS));

            runner.terminate();

            var cut = slow.get(20, TimeUnit.SECONDS);
            assertEquals(503, cut.statusCode());
            assertTrue(cut.headers().firstValue("Retry-After").isPresent());
            assertEquals(0, runner.exitCode());
            assertFalse(runner.err().contains("\tat "), runner.err());
        }
    }

    @Test
    void demoTellsAnUpgrade() throws Exception {
        Files.delete(balance);
        int sitePort = upstream.getAddress().getPort();
        upstream.stop(0);
        try (var runner = RunnerProcess.start(
                directory,
                "demo",
                "--port",
                "0",
                "--address",
                "127.0.0.1",
                "--upstream",
                "http://localhost:" + sitePort)) {
            String url = runner.url();
            runner.awaitOut("rm balance");
            assertTrue(Files.exists(balance));
            assertEquals(
                    "Hello from version 1 of the sample site\n",
                    send(url + "/").join().body());

            Files.delete(balance);
            runner.awaitOut("drained");
            var held = send(url + "/");
            runner.awaitOut("1 waiting");
            runner.awaitOut("version 2 of the site is up");
            Files.createFile(balance);

            assertEquals(
                    "Hello from version 2 of the sample site\n",
                    held.get(10, TimeUnit.SECONDS).body());
            runner.awaitOut("1 released");
            runner.terminate();
            assertEquals(0, runner.exitCode());
            assertFalse(runner.err().contains("\tat "), runner.err());
        }
    }
}
