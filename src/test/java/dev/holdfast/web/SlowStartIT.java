package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.it.ReservedPort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A thousand who were held, and a site that starts slowly: how many of them see it. Prints what it measures. */
class SlowStartIT {
    private static final int HELD = 1000;

    private final List<Wire> clients = new ArrayList<>();
    private ReservedPort reserved;
    private Process process;
    private TestSite site;

    @BeforeEach
    void reservePort() throws IOException {
        reserved = new ReservedPort();
    }

    @AfterEach
    void stop() throws Exception {
        for (Wire client : clients) {
            client.close();
        }
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
        site.close();
        reserved.close();
    }

    @Test
    void withoutACanaryMostGetWhatAStartingSiteSays() throws Exception {
        assertTrue(failuresOf("neither", "releaseCanary", "false") > 100);
    }

    @Test
    void withACanaryAFewDo() throws Exception {
        assertTrue(failuresOf("canary") < 30); // three seconds, four a second
    }

    @Test
    void withACanaryAndARampAFewDo() throws Exception {
        assertTrue(failuresOf("canary and ramp of 5 s", "releaseRamp", "5s") < 30);
    }

    @Test
    void withAReadyPathNobodyDoes() throws Exception {
        assertEquals(0, failuresOf("readyPath", "readyPath", "/up", "releaseCanary", "false"));
    }

    @Test
    void withAReadyPathAndACanaryNobodyDoes() throws Exception {
        assertEquals(0, failuresOf("readyPath and canary", "readyPath", "/up"));
    }

    @Test
    void nobodySeesASiteThatComesUpFiveSecondsLate() throws Exception {
        int port = reserved.number();
        hold(port, "readyPath", "/up");
        site.release();
        Until.true_(() -> site.site().gate().snapshot().closures().stream()
                .anyMatch(closure -> closure.detail().matches(".*refuses connections for [2-9].*")));
        startSite(port); // takes connections some tenths later, and answers three seconds after that

        assertEquals(0, failures());
    }

    private long failuresOf(String name, String... settings) throws Exception {
        int port = reserved.number();
        hold(port, settings);
        startSite(port);
        long began = System.nanoTime();
        site.release();
        long failures = failures();
        long millis = (System.nanoTime() - began) / 1_000_000;
        try (Wire wire = new Wire(port)) {
            wire.send("GET /stats HTTP/1.1\r\nHost: site\r\n\r\n");
            String stats = wire.readResponse();
            System.out.printf(
                    "%s: %d of %d got 503, the last answer after %.1f s; the site: %s%n",
                    name, failures, HELD, millis / 1e3, stats.substring(stats.indexOf("\r\n\r\n") + 4));
        }
        return failures;
    }

    private void hold(int port, String... settings) throws Exception {
        site = TestSite.before(port, settings);
        if (!site.site().gate().isShut()) {
            site.hold();
        } else {
            java.nio.file.Files.delete(site.balanceFile());
        }
        for (int number = 1; number <= HELD; number++) {
            Wire client = site.client();
            client.socket().setSoTimeout(60_000);
            clients.add(client);
            client.send("GET /" + number + " HTTP/1.1\r\nHost: site\r\n\r\n");
        }
        site.awaitHeld(HELD);
        Until.true_(() -> site.site().gate().snapshot().closures().stream()
                .allMatch(closure -> closure.reason() == dev.holdfast.gate.Reason.BALANCE_FILE));
    }

    private long failures() throws IOException {
        long failures = 0;
        for (Wire client : clients) {
            String answer = client.readResponse();
            if (!answer.startsWith("HTTP/1.1 200 ")) {
                assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
                failures++;
            }
        }
        return failures;
    }

    private void startSite(int port) throws Exception {
        String classes = Path.of(SlowStartSite.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-Dsun.net.httpserver.nodelay=true",
                        "-cp",
                        classes,
                        SlowStartSite.class.getName(),
                        Integer.toString(port))
                .redirectErrorStream(true)
                .start();
        assertEquals(
                "site takes connections",
                new BufferedReader(new InputStreamReader(process.getInputStream())).readLine());
    }
}
