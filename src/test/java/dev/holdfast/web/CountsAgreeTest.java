package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.Json;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** JSON, metrics and JMX tell the same numbers, and those that happened, after every way in which a request can end. */
class CountsAgreeTest {
    private static final List<String> OUTCOMES =
            List.of("passed", "released", "expired", "abandoned", "rejected", "replaced", "postponed", "refused");
    private static final List<String> FAILURES =
            List.of("unreachable", "broken", "silent", "busy", "body_changed", "cut");
    private static final String GET = "GET /a HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

    /** Reads the first byte of a body where it is asked to, which makes it another body. */
    private static final Filter TAKER = (request, response, chain) -> {
        if (((HttpServletRequest) request).getHeader("Take") != null) {
            request.getInputStream().read();
        }
        chain.doFilter(request, response);
    };

    /** What the test has seen happen. */
    private final Map<String, Long> counted = new TreeMap<>();

    private ScriptedUpstream upstream;
    private TestSite site;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
        start("maxHold", "60s", "holdLimit", "2", "waitPageAfter", "100ms");
    }

    private void start(String... settings) throws Exception {
        site = TestSite.before(upstream.port(), (connector, context) -> TestSite.addFilter(context, TAKER), settings);
    }

    private void startAnew(String... settings) throws Exception {
        site.close();
        start(settings);
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        upstream.close();
    }

    private void happened(String... what) {
        for (String each : what) {
            counted.merge(each, 1L, Long::sum);
        }
        assertAgree();
    }

    /** Some are counted when the client has its answer already. */
    private void assertAgree() {
        Map<String, Long> expected = new TreeMap<>();
        OUTCOMES.forEach(each -> expected.put(each, counted.getOrDefault(each, 0L)));
        FAILURES.forEach(each -> expected.put(each, counted.getOrDefault(each, 0L)));
        expected.put("clients gone", counted.getOrDefault("clients gone", 0L));
        expected.put("held", counted.getOrDefault("held", 0L));
        expected.put("in flight", counted.getOrDefault("in flight", 0L));
        Awaitility.await().untilAsserted(() -> {
            assertEquals(expected, json(), "JSON");
            assertEquals(expected, metrics(), "metrics");
            assertEquals(withoutKinds(expected), jmx(), "JMX");
            assertHoldsAndAnswers(expected);
        });
    }

    /** The histograms count the same requests: all that did not pass, and all that the upstream answered. */
    private void assertHoldsAndAnswers(Map<String, Long> expected) throws Exception {
        String text = get("/.holdfast/metrics");
        for (String outcome : OUTCOMES.subList(1, OUTCOMES.size())) {
            assertEquals(
                    expected.get(outcome),
                    value(text, "holdfast_hold_seconds_count{outcome=\"" + outcome + "\",site=\"holdfast\"}"),
                    outcome);
        }
        assertEquals(
                counted.getOrDefault("answered", 0L),
                value(text, "holdfast_upstream_seconds_count{site=\"holdfast\"}"));
    }

    private Map<String, Long> json() throws Exception {
        String text = get("/.holdfast/status").strip();
        Map<?, ?> now = Json.object(text.substring(1, text.length() - 1));
        Map<?, ?> counts = (Map<?, ?>) now.get("counts");
        Map<String, Long> all = new TreeMap<>();
        OUTCOMES.forEach(each -> all.put(each, number(counts.get(each))));
        ((Map<?, ?>) now.get("failures")).forEach((kind, count) -> all.put(String.valueOf(kind), number(count)));
        all.put("clients gone", number(now.get("clientsGone")));
        all.put("held", number(now.get("held")));
        all.put("in flight", number(now.get("inFlight")));
        assertEquals(
                number(counts.get("arrived")),
                all.get("held")
                        + OUTCOMES.stream().mapToLong(each -> all.get(each)).sum(),
                "each is in one of them");
        return all;
    }

    private Map<String, Long> metrics() throws Exception {
        String text = get("/.holdfast/metrics");
        Map<String, Long> all = new TreeMap<>();
        OUTCOMES.forEach(each ->
                all.put(each, value(text, "holdfast_requests_total{outcome=\"" + each + "\",site=\"holdfast\"}")));
        FAILURES.forEach(each -> all.put(
                each, value(text, "holdfast_upstream_failures_total{failure=\"" + each + "\",site=\"holdfast\"}")));
        all.put("clients gone", value(text, "holdfast_clients_gone_total{site=\"holdfast\"}"));
        all.put("held", value(text, "holdfast_held{site=\"holdfast\"}"));
        all.put("in flight", value(text, "holdfast_in_flight{site=\"holdfast\"}"));
        return all;
    }

    private static Map<String, Long> withoutKinds(Map<String, Long> all) {
        Map<String, Long> summed = new TreeMap<>(all);
        summed.put("failed", FAILURES.stream().mapToLong(summed::remove).sum());
        return summed;
    }

    private static Map<String, Long> jmx() throws Exception {
        Map<String, Long> all = new TreeMap<>();
        for (String outcome : OUTCOMES) {
            all.put(outcome, attribute(outcome.substring(0, 1).toUpperCase(Locale.ROOT) + outcome.substring(1)));
        }
        all.put("failed", attribute("Failed"));
        all.put("clients gone", attribute("ClientsGone"));
        all.put("held", attribute("Held"));
        all.put("in flight", attribute("InFlight"));
        return all;
    }

    private static long attribute(String name) throws Exception {
        ObjectName site = new ObjectName("dev.holdfast:type=Site,context=\"/\",name=\"holdfast\"");
        return ((Number) ManagementFactory.getPlatformMBeanServer().getAttribute(site, name)).longValue();
    }

    private static long number(Object json) {
        return ((Number) json).longValue();
    }

    private static long value(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not in " + metrics));
    }

    private String get(String path) throws Exception {
        try (Wire client = site.client()) {
            client.send("GET " + path + " HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n");
            String answer = client.readToEnd();
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }

    private Wire send(String request) throws Exception {
        return site.client().send(request);
    }

    private void answer(Wire client) throws Exception {
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection().send(OK);
            assertTrue(client.readToEnd().endsWith("ok"));
        }
    }

    private void assertStatus(int status, Wire client) throws Exception {
        String response = client.readToEnd();
        assertTrue(response.startsWith("HTTP/1.1 " + status + " "), response);
    }

    private static String pay(String key) {
        return "POST /pay HTTP/1.1\r\nHost: site\r\nIdempotency-Key: " + key
                + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    }

    @Test
    void ofThoseThatWaitOrNeedNot() throws Exception {
        assertAgree();
        try (Wire client = send(GET)) {
            Until.true_(() -> site.gate().snapshot().inFlight() == 1);
            happened("passed", "in flight");
            counted.remove("in flight");
            answer(client);
            happened("answered");
        }
        site.hold();
        try (Wire leaves = send(GET)) {
            site.awaitHeld(1);
            leaves.reset();
            happened("abandoned");
        }
        try (Wire page = send("GET /a HTTP/1.1\r\nHost: site\r\nSec-Fetch-Mode: navigate\r\n"
                + "Sec-Fetch-Dest: document\r\nAccept: text/html\r\nConnection: close\r\n\r\n")) {
            assertStatus(503, page);
            happened("postponed");
        }
        try (Wire first = send(pay("k1"))) {
            site.awaitHeld(1);
            try (Wire again = send(pay("k1"));
                    Wire other = send(pay("k2"))) {
                assertStatus(409, first);
                site.awaitHeld(2);
                counted.put("held", 2L);
                happened("replaced");
                try (Wire tooMany = send(GET)) {
                    assertStatus(503, tooMany);
                    happened("rejected");
                }
                site.release();
                List<Wire> waiting = List.of(again, other);
                for (int i = 0; i < 2; i++) {
                    upstream.acceptRequest().connection().send(OK);
                }
                for (Wire client : waiting) {
                    assertTrue(client.readToEnd().endsWith("ok"));
                }
                counted.remove("held");
                counted.put("released", 1L);
                counted.put("answered", 2L);
                happened("released", "answered");
            }
        }
        site.hold();
        try (Wire held = send(GET)) {
            site.awaitHeld(1);
            Files.writeString(site.balanceFile(), "refuse");
            assertStatus(503, held);
            happened("refused");
        }
        try (Wire late = send(GET)) {
            assertStatus(503, late);
            happened("refused");
        }
    }

    @Test
    void ofThoseThatWaitedForTooLong() throws Exception {
        startAnew("maxHold", "100ms");
        site.hold();
        try (Wire client = send(GET)) {
            assertStatus(503, client);
            happened("expired");
        }
    }

    @Test
    void ofThoseThatWereHeldAgain() throws Exception {
        int port = upstream.port();
        upstream.close();
        try (Wire client = send(GET)) {
            site.awaitHeld(1);
            happened("held");
            upstream = new ScriptedUpstream(port);
            answer(client);
            counted.remove("held");
            happened("released", "answered");
        }
    }

    @Test
    void ofThoseThatTheUpstreamFailed() throws Exception {
        startAnew("responseTimeout", "500ms");
        try (Wire client = send(GET);
                ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertTrue(arrived.head().startsWith("GET /a "));
            assertStatus(504, client);
            happened("passed", "silent");
        }
        startAnewCount("clientTimeout", "500ms");
        try (Wire client = send("POST /a HTTP/1.1\r\nHost: site\r\nContent-Length: 2\r\n\r\na");
                ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertTrue(arrived.head().startsWith("POST /a "));
            assertStatus(408, client);
            happened("passed", "clients gone");
        }
        startAnewCount("connectTimeout", "500ms", "maxConnections", "1");
        try (Wire first = send(GET);
                ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            try (Wire second = send(GET)) {
                assertStatus(503, second);
                counted.put("in flight", 1L);
                counted.put("passed", 2L);
                happened("busy");
            }
            arrived.connection().send("HTTP/1.1 2xx\r\n\r\n");
            assertStatus(502, first);
            counted.remove("in flight");
            happened("broken");
        }
        try (Wire client = send(GET);
                ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            assertTrue(client.read(1).startsWith("H"));
            arrived.connection().close();
            client.readToEnd();
            happened("passed", "answered", "cut");
        }
        try (Wire client = send("POST /a HTTP/1.1\r\nHost: site\r\nTake: 1\r\nContent-Length: 3\r\n\r\nabc");
                Wire arrived = upstream.accept()) {
            assertTrue(arrived.readToEnd().endsWith("<reset>"));
            assertStatus(500, client);
            happened("passed", "body_changed");
        }
        Files.writeString(site.balanceFile(), "http://nobody.invalid:1");
        Until.true_(() -> site.site().upstream().address().toString().contains("nobody.invalid"));
        try (Wire client = send(GET)) {
            assertStatus(502, client);
            happened("passed", "unreachable");
        }
    }

    private void startAnewCount(String... settings) throws Exception {
        startAnew(settings);
        counted.clear();
    }

    @Test
    void ofClientsThatLeaveTheUpstreamsAnswer() throws Exception {
        try (Wire client = send(GET);
                ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            client.reset();
            arrived.connection().readToEnd();
            happened("passed", "clients gone");
        }
        try (Wire client = send(GET);
                ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\nabc");
            client.readHead();
            client.reset();
            try {
                for (int i = 0; i < 1000; i++) { // until the container has noticed it, and we are cut
                    arrived.connection().send(new byte[100_000]);
                }
            } catch (IOException cut) {
                // As it must be.
            }
            happened("passed", "answered", "clients gone");
        }
    }
}
