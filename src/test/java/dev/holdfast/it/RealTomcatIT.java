package dev.holdfast.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.it.ClientConnection.Answer;
import dev.holdfast.it.ClientConnection.Framing;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Holding and releasing in a Tomcat that was set up with the files of {@code tomcat-conf}. */
@ParameterizedClass(name = "Tomcat {0}")
@ValueSource(ints = {10, 11})
record RealTomcatIT(int version) {
    private static final Duration A_WHILE = Duration.ofMillis(400);

    @TempDir
    static Path directory;

    private static SiteProcess site;
    private static TomcatProcess tomcat;

    @BeforeParameterizedClassInvocation
    static void start(int version) throws IOException {
        site = SiteProcess.start(Files.createDirectory(directory.resolve("site" + version)));
        tomcat = TomcatProcess.create(version, directory.resolve("tomcat" + version))
                .withUpstream(site.port())
                .start();
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        tomcat.close();
        site.close();
    }

    @BeforeEach
    void openTheGate() throws IOException {
        tomcat.balance().write("");
        tomcat.balance().awaitMarkerGone();
    }

    @Test
    void forwardsWhileTheFileIsThere() throws IOException {
        try (ClientConnection client = new ClientConnection(tomcat.port())) {
            TestBody up = new TestBody(1, 100_000);
            client.post("/exchange?number=1&size=200000&chunked", up, Framing.CHUNKED);

            Answer answer = client.receive();

            assertEquals(200, answer.status());
            assertEquals(Long.toString(up.sum().crc()), answer.headers().get("x-received-crc"));
            assertEquals(new TestBody(1, 200_000).sum(), answer.body());
        }
    }

    @Test
    void holdsAndReleases() throws IOException {
        try (ClientConnection getter = new ClientConnection(tomcat.port());
                ClientConnection poster = new ClientConnection(tomcat.port())) {
            tomcat.balance().hold();
            tomcat.balance().awaitDrained();
            getter.get("/exchange?number=21&size=10");
            poster.post("/exchange?number=22&size=10", new TestBody(22, 50_000), Framing.CONTENT_LENGTH);
            assertTrue(getter.staysSilent(A_WHILE));
            assertTrue(poster.staysSilent(A_WHILE));
            assertFalse(site.requests().stream().anyMatch(request -> request.contains(" 2")));

            tomcat.balance().release();

            assertEquals(200, getter.receive().status());
            assertEquals(
                    Long.toString(new TestBody(22, 50_000).sum().crc()),
                    poster.receive().headers().get("x-received-crc"));
            tomcat.balance().awaitMarkerGone();
            assertEquals(1, site.requests().stream().filter("GET 21"::equals).count());
            assertEquals(1, site.requests().stream().filter("POST 22"::equals).count());
        }
    }

    @Test
    void isNotDrainedBeforeWhatIsInFlightHasEnded() throws IOException {
        try (ClientConnection slow = new ClientConnection(tomcat.port());
                ClientConnection operator = new ClientConnection(site.port())) {
            slow.get("/wait?number=31");
            await().atMost(Duration.ofSeconds(5)).until(() -> site.requests().contains("GET 31"));
            tomcat.balance().hold();
            assertTrue(slow.staysSilent(A_WHILE));
            assertFalse(Files.exists(tomcat.balance().drainedMarker()));

            operator.get("/go");

            assertEquals(200, slow.receive().status());
            tomcat.balance().awaitDrained();
        }
    }

    @Test
    void keepsHoldingWhenTheFileSaysNonsenseAndLogsWhy() throws IOException {
        try (ClientConnection client = new ClientConnection(tomcat.port())) {
            tomcat.balance().hold();
            tomcat.balance().awaitDrained();
            client.get("/exchange?number=41&size=1");

            tomcat.balance().write("sesame, open");

            await().atMost(Duration.ofSeconds(5))
                    .until(() -> tomcat.log("holdfast.").contains("sesame, open"));
            assertTrue(tomcat.log("holdfast.").contains(tomcat.balance().file().toString()));
            assertTrue(client.staysSilent(A_WHILE));
            tomcat.balance().write("");
            assertEquals(200, client.receive().status());
        }
    }

    @Test
    void releasesToThePlaceThatTheFileNames() throws IOException, InterruptedException {
        try (ClientConnection client = new ClientConnection(tomcat.port());
                RecordingUpstream green = new RecordingUpstream()) {
            tomcat.balance().hold();
            tomcat.balance().awaitDrained();
            client.get("/a%2Fb%5Cc%20d//e?ids[]=1|2&x={%22y%22:1}");

            tomcat.balance().write("http://127.0.0.1:" + green.port());

            assertEquals(200, client.receive().status());
            assertEquals(
                    "GET /a%2Fb%5Cc%20d//e?ids[]=1|2&x={%22y%22:1} HTTP/1.1",
                    green.received().poll(5, TimeUnit.SECONDS).requestLine());
        }
    }

    @Test
    void turnsAwayWithTheMessageOfTheFile() throws IOException {
        try (ClientConnection client = new ClientConnection(tomcat.port())) {
            tomcat.balance().write("refuse Back at noon");
            tomcat.balance().awaitDrained();

            client.get("/exchange?number=61&size=1");

            Answer answer = client.receive();
            assertEquals(503, answer.status());
            assertFalse(site.requests().contains("GET 61"));
        }
    }

    @Test
    void holdsHttp2WithoutTls() throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        HttpResponse<String> first =
                client.send(request("/exchange?number=71&size=1"), HttpResponse.BodyHandlers.ofString());
        tomcat.balance().hold();
        tomcat.balance().awaitDrained();
        CompletableFuture<HttpResponse<byte[]>> held =
                client.sendAsync(request("/exchange?number=72&size=70000"), HttpResponse.BodyHandlers.ofByteArray());

        tomcat.balance().release();

        assertEquals(HttpClient.Version.HTTP_2, first.version());
        assertEquals(200, held.get(10, TimeUnit.SECONDS).statusCode());
        assertEquals(70_000, held.get().body().length);
        assertEquals(HttpClient.Version.HTTP_2, held.get().version());
    }

    @Test
    void writesTheHoldIntoTheAccessLog() throws IOException {
        try (ClientConnection client = new ClientConnection(tomcat.port())) {
            tomcat.balance().hold();
            tomcat.balance().awaitDrained();
            client.get("/exchange?number=81&size=1");
            assertTrue(client.staysSilent(A_WHILE));
            tomcat.balance().release();
            client.receive();
            client.get("/exchange?number=82&size=1");
            client.receive();
        }

        // Tomcat writes its access log when its buffer is full, or at the next look of its background thread.
        await().atMost(Duration.ofSeconds(20))
                .until(() -> tomcat.log("localhost_access_log").contains("number=82"));
        String log = tomcat.log("localhost_access_log");
        assertTrue(
                log.matches("(?s).*number=81&size=1 HTTP/1.1\" 200 1 \\d{3,5} ([4-9]\\d\\d|\\d{4,5}) released\n.*"),
                log);
        assertTrue(log.matches("(?s).*number=82&size=1 HTTP/1.1\" 200 1 \\d+ - -\n.*"), log);
    }

    private static HttpRequest request(String target) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + tomcat.port() + target))
                .timeout(Duration.ofSeconds(20))
                .build();
    }
}
