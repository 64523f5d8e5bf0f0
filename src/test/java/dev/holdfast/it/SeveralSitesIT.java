package dev.holdfast.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two sites in one WAR, set up with {@code tomcat-conf/several-sites.xml}; and what the access log says of who waits and who does not. */
class SeveralSitesIT {
    private static final Duration A_WHILE = Duration.ofMillis(400);
    private static final String SECRET = "open-sesame-0123456789";

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    @TempDir
    Path directory;

    @ParameterizedTest(name = "Tomcat {0}")
    @ValueSource(ints = {10, 11})
    void holdingOneDoesNotTouchTheOtherAndTheAccessLogTellsWhatBecameOfEach(int version) throws Exception {
        try (RecordingUpstream main = new RecordingUpstream();
                RecordingUpstream shop = new RecordingUpstream();
                TomcatProcess tomcat = TomcatProcess.create(version, directory)
                        .withSeveralSites()
                        .deployingWithinASecond()
                        .with("main.upstream", "http://127.0.0.1:" + main.port())
                        .with("shop.upstream", "http://127.0.0.1:" + shop.port())
                        .with("shop.exemptPaths", "/shop/static/*")
                        .with("shop.healthPath", "/shop/up")
                        .with("shop.bypassSecret", SECRET)
                        .start();
                ClientConnection held = new ClientConnection(tomcat.port())) {
            assertEquals(200, status(tomcat, "/1"));
            assertEquals("GET /1 HTTP/1.1", next(main));
            assertEquals(200, status(tomcat, "/shop/2"));
            assertEquals("GET /shop/2 HTTP/1.1", next(shop));

            tomcat.balance("shop").hold();
            tomcat.balance("shop").awaitDrained();
            held.get("/shop/3");
            leaves(tomcat, "/shop/4");
            assertEquals(200, status(tomcat, "/5"));
            assertEquals(200, status(tomcat, "/shop/static/6"));
            assertEquals(200, status(tomcat, "/shop/up"));
            assertEquals(200, status(tomcat, "/shop/7", "Holdfast-Bypass", SECRET));
            assertEquals(302, status(tomcat, "/shop/8?holdfast-bypass=" + SECRET));
            assertEquals(302, status(tomcat, "/shop/9?holdfast-bypass=wrong"));
            assertTrue(held.staysSilent(A_WHILE));
            assertFalse(Files.exists(tomcat.balance("main").drainedMarker()));
            assertTrue(Files.exists(tomcat.balance("shop").drainedMarker()));
            assertEquals("GET /5 HTTP/1.1", next(main));
            assertEquals(
                    List.of("GET /shop/static/6 HTTP/1.1", "GET /shop/7 HTTP/1.1"), List.of(next(shop), next(shop)));

            tomcat.balance("shop").release();
            assertEquals(200, held.receive().status());
            assertEquals("GET /shop/3 HTTP/1.1", next(shop));

            await().atMost(Duration.ofSeconds(20)).until(() -> accessLog(tomcat).contains("/shop/3 "));
            String log = accessLog(tomcat);
            assertLine(log, "GET /1 HTTP/1.1\" 200 2 \\d+ - -");
            assertLine(log, "GET /shop/2 HTTP/1.1\" 200 2 \\d+ - -");
            assertLine(log, "GET /shop/3 HTTP/1.1\" 200 2 \\d{3,5} ([4-9]\\d\\d|\\d{4,5}) released");
            assertLine(log, "GET /shop/4 HTTP/1.1\" 499 - \\d+ \\d+ abandoned");
            assertLine(log, "GET /5 HTTP/1.1\" 200 2 \\d+ - -");
            assertLine(log, "GET /shop/static/6 HTTP/1.1\" 200 2 \\d+ - exempt");
            assertLine(log, "GET /shop/up HTTP/1.1\" 200 - \\d+ - health");
            assertLine(log, "GET /shop/7 HTTP/1.1\" 200 2 \\d+ - bypass");
            assertLine(log, "GET /shop/9\\?holdfast-bypass=wrong HTTP/1.1\" 302 - \\d+ - -");
            assertFalse(log.contains(SECRET), log);
            assertFalse(tomcat.log("").contains(SECRET));
        }
    }

    private static void assertLine(String log, String pattern) {
        assertTrue(log.lines().anyMatch(line -> line.matches(".*\"" + pattern)), () -> pattern + " in\n" + log);
    }

    private static String accessLog(TomcatProcess tomcat) throws IOException {
        return tomcat.log("localhost_access_log");
    }

    /** Comes, is held, and closes its connection. */
    private static void leaves(TomcatProcess tomcat, String target) throws IOException {
        try (ClientConnection client = new ClientConnection(tomcat.port())) {
            client.get(target);
            assertTrue(client.staysSilent(A_WHILE));
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> accessLog(tomcat).contains(target + " "));
    }

    private int status(TomcatProcess tomcat, String target, String... header) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + tomcat.port() + target))
                .timeout(Duration.ofSeconds(20));
        if (header.length > 0) {
            request.headers(header);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static String next(RecordingUpstream upstream) throws InterruptedException {
        return upstream.received().poll(5, TimeUnit.SECONDS).requestLine();
    }
}
