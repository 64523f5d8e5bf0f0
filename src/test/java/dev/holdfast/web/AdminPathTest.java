package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.Json;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is shown under adminPath, and that it is shown to nobody else. */
class AdminPathTest {
    private static final String OF_THE_SITE = "the site's own";

    private SmallSite upstream;
    private TestSite site;

    @BeforeEach
    void start() throws Exception {
        upstream = new SmallSite(Door.tcp(), (request, out, end) -> out.write(SmallSite.response(OF_THE_SITE)));
        site = TestSite.before(0, "upstream", upstream.address(), "maxHold", "30s");
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        upstream.close();
    }

    @Test
    void statusTellsHowItIs() throws Exception {
        get("/a", "");
        site.hold();
        try (Wire waiting = site.client()) {
            waiting.send("GET /b HTTP/1.1\r\nHost: site\r\n\r\n");
            site.awaitHeld(1);

            Map<?, ?> now = status();

            assertEquals("holdfast", now.get("site"));
            assertEquals("drained", now.get("state"));
            assertEquals(1.0, now.get("held"));
            assertEquals(2.0, ((Map<?, ?>) now.get("counts")).get("arrived"));
            assertEquals(site.balanceFile().toString(), ((Map<?, ?>) now.get("balanceFile")).get("path"));

            site.release();
            waiting.readResponse();
        }
        Until.true_(() -> !((List<?>) status().get("holds")).isEmpty());
        Map<?, ?> hold = (Map<?, ?>) ((List<?>) status().get("holds")).get(0);
        assertEquals(1.0, hold.get("released"));
        assertEquals(0.0, hold.get("failed"));
    }

    @Test
    void metricsTellTheSame() throws Exception {
        get("/a", "");
        get("/a", "");

        String metrics = get("/.holdfast/metrics", "");

        assertTrue(metrics.contains("holdfast_requests_total{outcome=\"passed\",site=\"holdfast\"} 2.0\n"), metrics);
        assertTrue(metrics.contains("holdfast_gate_closed{reason=\"balance_file\",site=\"holdfast\"} 0.0\n"), metrics);
        assertTrue(metrics.contains("holdfast_upstream_seconds_count{site=\"holdfast\"} 2\n"), metrics);
    }

    @Test
    void jmxTellsTheSameAndMovesTheBalanceFile() throws Exception {
        get("/a", "");
        ObjectName name = new ObjectName("dev.holdfast:type=Site,context=\"/\",name=\"holdfast\"");
        var server = ManagementFactory.getPlatformMBeanServer();
        assertEquals(1L, server.getAttribute(name, "Passed"));

        server.invoke(name, "hold", null, null);
        Until.true_(() -> "drained".equals(server.getAttribute(name, "State")));
        server.invoke(name, "release", null, null);
        Until.true_(() -> "open".equals(server.getAttribute(name, "State")));

        site.close();
        assertFalse(server.isRegistered(name));
        start();
    }

    @Test
    void readyStaysReadyWhileRequestsAreHeld() throws Exception {
        site.hold();

        assertTrue(get("/.holdfast/ready", "").startsWith("HTTP/1.1 200 "));
        assertTrue(get("/.holdfast/live", "").startsWith("HTTP/1.1 200 "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: 127.0.0.1",
                "Forwarded: for=127.0.0.1",
                "X-Real-IP: 127.0.0.1",
                "Via: 1.1 somebody"
            })
    void whoComesThroughAProxyGetsTheSitesOwnAnswer(String field) throws Exception {
        for (String page : List.of("", "/", "/login", "/status", "/metrics", "/events", "/live", "/nothing")) {
            String answer = get("/.holdfast" + page, field + "\r\n");
            assertTrue(answer.endsWith(OF_THE_SITE), answer);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//.holdfast/status",
                "/.holdfast;x/status",
                "/%2eholdfast/status",
                "/x/../.holdfast/status",
                "/./.holdfast/status",
                "/.holdfastx/status",
                "/.HOLDFAST/status"
            })
    void onlyThePathAsItIsWrittenIsOurs(String target) throws Exception {
        String answer = get(target, "");

        assertFalse(answer.contains("\"state\""), answer);
        assertFalse(answer.contains("There is no such page"), answer);
    }

    /** A page of a stranger whose name leads to our address: the browser sends that name, and lets the page read the answer. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "localhost.evil.example:80",
                "127.0.0.1.evil.example",
                "EVIL.example.",
                "a.internal.evil"
            })
    void whoAsksByANameThatIsNotOursGetsTheSitesOwnAnswer(String name) throws Exception {
        for (String page : List.of("", "/", "/status", "/metrics", "/events", "/live")) {
            String answer = ask(name, "/.holdfast" + page, "");
            assertTrue(answer.endsWith(OF_THE_SITE), answer);
        }
        try (Wire client = site.client()) {
            client.send("POST /.holdfast/hold?site=holdfast HTTP/1.1\r\nHost: " + name + "\r\nHoldfast-Operation: 1\r\n"
                    + "Content-Length: 0\r\nConnection: close\r\n\r\n");
            assertTrue(client.readToEnd().endsWith(OF_THE_SITE));
        }
    }

    @Test
    void theNameCountsOverHttp2Too() throws Exception {
        try (H2Wire client = new H2Wire(site.port())) {
            client.asksFor("evil.example");
            assertEquals(
                    OF_THE_SITE,
                    client.readResponse(client.get("/.holdfast/live")).body());
            client.asksFor("localhost:8080");
            assertEquals(
                    "alive\n",
                    client.readResponse(client.get("/.holdfast/live")).body());
        }
    }

    @Test
    void itIsSaidOnceWhoAsksByANameThatIsNotOurs() throws Exception {
        try (LogLines log = new LogLines()) {
            ask("evil.example", "/.holdfast/status", "");
            ask("other.example", "/.holdfast/status", "");

            assertEquals(1, log.count("127.0.0.1 may look, but not under the name evil.example, "));
            assertEquals(0, log.count("other.example"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:8080",
                "localhost.",
                "127.0.0.1:8080",
                "10.0.0.5",
                "[::1]:8080",
                "holdfast1",
                "holdfast1.internal:8080",
                "holdfast.default.svc.cluster.local",
                "us.example"
            })
    void whoAsksByANameThatNobodyElseCanHaveMayLook(String name) throws Exception {
        site.close();
        site = TestSite.before(0, "upstream", upstream.address(), "adminHosts", "other.example, Us.Example");

        String answer = ask(name, "/.holdfast/live", "");

        assertTrue(answer.endsWith("alive\n"), answer);
    }

    /** As load balancers ask whether we are alive. */
    @Test
    void whoSaysNoNameMayLook() throws Exception {
        try (Wire client = site.client()) {
            assertTrue(client.send("GET /.holdfast/ready HTTP/1.0\r\n\r\n")
                    .readToEnd()
                    .endsWith("ready\n"));
        }
    }

    /** @param field what the proxy has added to the request of a client, who may have sent something himself */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "true | X-Forwarded-For: 192.0.2.7",
                "true | X-Forwarded-For: 10.1.1.1, 192.0.2.7",
                "true | X-Forwarded-For: 192.0.2.7\\r\\nX-Forwarded-Host: admin.internal",
                "false | X-Forwarded-For: 203.0.113.9",
                "false | X-Forwarded-For: 192.0.2.7, 203.0.113.9",
                "false | X-Forwarded-For: 127.0.0.1, 203.0.113.9",
                "false | X-Forwarded-For: unknown",
                "false | Forwarded: for=192.0.2.7",
                "false | X-Real-IP: 192.0.2.7",
                "false | X-Forwarded-For: 192.0.2.7\\r\\nX-Forwarded-Host: evil.example:80",
                "false | X-Forwarded-For: 192.0.2.7\\r\\nX-Forwarded-Host: localhost, evil.example"
            })
    void trustedProxySaysWhoLooks(boolean mayLook, String field) throws Exception {
        site.close();
        site = TestSite.before(
                0, "upstream", upstream.address(), "trustedProxies", "127.0.0.1", "adminAddresses", "192.0.2.0/24");

        String answer = get("/.holdfast/live", field.replace("\\r\\n", "\r\n") + "\r\n");

        assertEquals(mayLook, answer.endsWith("alive\n"), answer);
        assertEquals(!mayLook, answer.endsWith(OF_THE_SITE), answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/.holdfast/status",
                "/.holdfast/events",
                "//.holdfast/status",
                "/.holdfast;x/status",
                "/%2eholdfast/status",
                "/x/../.holdfast/status"
            })
    void strangerIsHeldLikeEverybodyAndForwardedAfterwards(String target) throws Exception {
        site.hold();
        try (Wire stranger = site.client()) {
            stranger.send("GET " + target + " HTTP/1.1\r\nHost: site\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n");
            site.awaitHeld(1);
            site.release();
            assertTrue(stranger.readResponse().endsWith(OF_THE_SITE));
        }
        assertEquals(1, upstream.arrivals(target));
    }

    @Test
    void nobodyMayMoveItWithoutARole() throws Exception {
        try (Wire client = site.client()) {
            client.send("POST /.holdfast/hold?site=holdfast HTTP/1.1\r\nHost: site\r\nHoldfast-Operation: 1\r\n"
                    + "Content-Length: 0\r\n\r\n");
            assertTrue(client.readResponse().startsWith("HTTP/1.1 403 "));
        }
        assertTrue(site.site().gate().snapshot().isOpen());
    }

    private Map<?, ?> status() throws Exception {
        String answer = get("/.holdfast/status", "");
        String json = answer.substring(answer.indexOf("\r\n\r\n") + 4).strip();
        return Json.object(json.substring(1, json.length() - 1));
    }

    private String get(String target, String fields) throws Exception {
        return ask("site", target, fields);
    }

    private String ask(String host, String target, String fields) throws Exception {
        try (Wire client = site.client()) {
            client.send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "Connection: close\r\n\r\n");
            return client.readToEnd();
        }
    }
}
