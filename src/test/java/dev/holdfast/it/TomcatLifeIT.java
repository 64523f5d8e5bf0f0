package dev.holdfast.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.it.ClientConnection.Answer;
import dev.holdfast.it.ClientConnection.Framing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of held requests when settings, deployments or Tomcat itself end their wait. A Tomcat for each test. */
class TomcatLifeIT {
    private static final Duration A_WHILE = Duration.ofSeconds(1);
    private static final Duration NO_TIME = Duration.ofMillis(1);

    @TempDir
    Path directory;

    private SiteProcess site;
    private TomcatProcess tomcat;
    private final List<ClientConnection> clients = new ArrayList<>();

    @BeforeEach
    void startSite() throws IOException {
        site = SiteProcess.start(Files.createDirectory(directory.resolve("site")));
    }

    @AfterEach
    void stopAll() throws IOException {
        for (ClientConnection client : clients) {
            client.close();
        }
        tomcat.close();
        site.close();
    }

    @ParameterizedTest(name = "Tomcat {0}")
    @ValueSource(ints = {10, 11})
    void answers503WhenTheHoldIsOver(int version) throws IOException {
        create(version).with("maxHold", "3s").start();

        hold();

        for (ClientConnection client : clients) {
            assertTurnedAway(client.receive());
        }
        tomcat.balance().release();
        tomcat.balance().awaitMarkerGone();
        assertEquals(List.of(), site.requests());
    }

    @ParameterizedTest(name = "Tomcat {0}")
    @ValueSource(ints = {10, 11})
    void cutsNobodyOffWhenItIsDeployedAnew(int version) throws IOException {
        create(version).deployingWithinASecond().start();
        hold();

        Files.setLastModifiedTime(tomcat.contextFile(), FileTime.from(Instant.now()));

        for (ClientConnection client : clients) {
            assertTurnedAway(client.receive());
        }
        awaitServing();
        clients.clear();
        hold();

        Path newWar = directory.resolve("new.war");
        Files.copy(HoldfastProcess.war(), newWar);
        Files.setLastModifiedTime(newWar, FileTime.from(Instant.now()));
        Files.move(newWar, directory.resolve("tomcat/holdfast.war"), StandardCopyOption.ATOMIC_MOVE);

        for (ClientConnection client : clients) {
            assertTurnedAway(client.receive());
        }
        awaitServing();
        assertEquals(
                List.of(),
                site.requests().stream().filter(r -> !r.endsWith(" 0")).toList());
    }

    @ParameterizedTest(name = "Tomcat {0}")
    @ValueSource(ints = {10, 11})
    void cutsNobodyOffWhenTomcatIsStopped(int version) throws IOException, InterruptedException {
        create(version).start();
        hold();

        tomcat.process().terminate();

        for (ClientConnection client : clients) {
            assertTurnedAway(client.receive());
        }
        assertEquals(128 + 15, tomcat.process().awaitExit(Duration.ofSeconds(20)));
        assertEquals(List.of(), site.requests());
    }

    @ParameterizedTest(name = "Tomcat {0}")
    @ValueSource(ints = {10, 11})
    void doesNotStartWithAWrongSetting(int version) throws IOException {
        create(version).with("maxHold", "for ever").with("holdLimit", "0").start();

        Answer answer = ask(0);

        assertEquals(404, answer.status());
        String log = tomcat.process().output() + tomcat.log("localhost.");
        assertTrue(log.contains("maxHold") && log.contains("for ever"), log);
        assertTrue(log.contains("holdLimit") && log.contains("\"0\""), log);
        assertEquals(List.of(), site.requests());
    }

    @ParameterizedTest(name = "Tomcat {0}")
    @ValueSource(ints = {10, 11})
    void startsWithEverySettingOfTheContextFileUncommented(int version) throws IOException {
        tomcat = TomcatProcess.create(version, directory.resolve("tomcat"));
        String context = Files.readString(tomcat.contextFile());
        Files.writeString(
                tomcat.contextFile(),
                ContextFileTest.COMMENTED_PARAMETER
                        .matcher(context)
                        .replaceAll("$1")
                        .replace("http://localhost:2000", "http://127.0.0.1:" + site.port()));

        tomcat.start();

        assertEquals(200, ask(0).status());
        assertEquals(List.of("GET 0"), site.requests());
    }

    @ParameterizedTest(name = "Tomcat {0}")
    @ValueSource(ints = {10, 11})
    void holdsWhileTheSiteIsMissing(int version) throws IOException {
        site.kill();
        create(version).with("maxHold", "3s").start();
        ClientConnection expiring = connect();
        expiring.get("/exchange?number=1&size=1");
        assertTrue(expiring.staysSilent(A_WHILE));
        assertTurnedAway(expiring.receive());
        ClientConnection waiting = connect();
        waiting.post("/exchange?number=2&size=1", new TestBody(2, 1000), Framing.CHUNKED);
        assertTrue(waiting.staysSilent(A_WHILE));

        site.start();

        assertEquals(200, waiting.receive().status());
        assertEquals(List.of("POST 2"), site.requests());
    }

    private TomcatProcess create(int version) throws IOException {
        tomcat = TomcatProcess.create(version, directory.resolve("tomcat")).withUpstream(site.port());
        return tomcat;
    }

    /** Closes the gate and has three requests held: without a body, with a small one, with one that fits in no buffer. */
    private void hold() throws IOException {
        Files.deleteIfExists(tomcat.balance().file());
        tomcat.balance().awaitDrained();
        connect().get("/exchange?number=1&size=1");
        connect().post("/exchange?number=2&size=1", new TestBody(2, 1000), Framing.CHUNKED);
        connect().post("/exchange?number=3&size=1", new TestBody(3, 60_000), Framing.CONTENT_LENGTH);
        assertTrue(clients.get(2).staysSilent(A_WHILE));
        assertTrue(clients.get(1).staysSilent(NO_TIME));
        assertTrue(clients.get(0).staysSilent(NO_TIME));
    }

    private ClientConnection connect() throws IOException {
        ClientConnection client = new ClientConnection(tomcat.port());
        clients.add(client);
        return client;
    }

    private Answer ask(long number) throws IOException {
        try (ClientConnection client = new ClientConnection(tomcat.port())) {
            client.get("/exchange?number=" + number + "&size=1");
            return client.receive();
        }
    }

    /** Opens the gate and waits until the application serves again. */
    private void awaitServing() throws IOException {
        Files.createFile(tomcat.balance().file());
        await().atMost(Duration.ofSeconds(10)).until(() -> ask(0).status() == 200);
    }

    private static void assertTurnedAway(Answer answer) {
        assertEquals(503, answer.status());
        assertTrue(answer.headers().getOrDefault("retry-after", "").matches("\\d+"), answer.toString());
        assertEquals("no-store", answer.headers().get("cache-control"));
        assertFalse(answer.body().length() == 0, answer.toString());
    }
}
