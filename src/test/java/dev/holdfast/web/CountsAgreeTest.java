package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.Json;
import dev.holdfast.gate.Outcome;
import dev.holdfast.proxy.Failure;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** JSON, page, metrics and JMX tell the same numbers, and those that happened, after every way in which a request can end. */
class CountsAgreeTest {
    private static final List<String> OUTCOMES =
            List.of("passed", "released", "expired", "abandoned", "rejected", "replaced", "postponed", "refused");
    private static final List<String> FAILURES =
            List.of("unreachable", "broken", "silent", "busy", "body_changed", "cut");
    /** By their names in JSON, on the page and, capitalized, in JMX. */
    private static final Map<String, String> OTHERS =
            Map.of("clients gone", "clientsGone", "held", "held", "in flight", "inFlight", "streams", "streams");

    private static final String GET = "GET /a HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

    /** Reads the first byte of a body where it is asked to, and gives us the rest for a body of its own. */
    private static final Filter TAKER = (request, response, chain) -> {
        if (((HttpServletRequest) request).getHeader("Take") == null) {
            chain.doFilter(request, response);
        } else {
            request.getInputStream().read();
            OtherInput.filter(OtherInput::new).doFilter(request, response, chain);
        }
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
        OTHERS.keySet().forEach(each -> expected.put(each, counted.getOrDefault(each, 0L)));
        Awaitility.await().untilAsserted(() -> {
            assertEquals(expected, json(), "JSON");
            assertEquals(expected, metrics(), "metrics");
            assertEquals(withoutKinds(expected), jmx(), "JMX");
            assertEquals(withoutKinds(expected), page(), "page");
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
        OTHERS.forEach((each, name) -> all.put(each, number(now.get(name))));
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
        all.put("streams", value(text, "holdfast_streams{site=\"holdfast\"}"));
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
            all.put(outcome, attribute(capitalized(outcome)));
        }
        all.put("failed", attribute("Failed"));
        for (var other : OTHERS.entrySet()) {
            all.put(other.getKey(), attribute(capitalized(other.getValue())));
        }
        assertEquals(
                attribute("Arrived"),
                all.get("held") + OUTCOMES.stream().mapToLong(all::get).sum(),
                "each is in one of them");
        return all;
    }

    private static String capitalized(String name) {
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    private Map<String, Long> page() throws Exception {
        String html = get("/.holdfast/");
        Map<String, Long> all = new TreeMap<>();
        OUTCOMES.forEach(each -> all.put(each, shown(html, each)));
        all.put("failed", shown(html, "failed"));
        OTHERS.forEach((each, name) -> all.put(each, shown(html, name)));
        return all;
    }

    private static long shown(String html, String name) {
        Matcher value = Pattern.compile("data-f=\"" + name + "\">([0-9,]+)<").matcher(html);
        assertTrue(value.find(), () -> name + " is not in " + html);
        return Long.parseLong(value.group(1).replace(",", ""));
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

    private void answer(Wire... clients) throws Exception {
        for (int i = 0; i < clients.length; i++) {
            upstream.acceptRequest().connection().send(OK);
        }
        for (Wire client : clients) {
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
                answer(again, other);
                counted.remove("held");
                counted.put("released", 1L);
                counted.put("answered", 2L);
                happened("released", "answered");
            }
        }
        site.hold();
        try (Wire held = send(GET)) {
            site.awaitHeld(1);
            site.balance("refuse");
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
        site.balance("http://nobody.invalid:1");
        Until.true_(() -> site.site().upstream().address().toString().contains("nobody.invalid"));
        try (Wire client = send(GET)) {
            assertStatus(502, client);
            happened("passed", "unreachable");
        }
    }

    /** So that whoever thinks of another end thinks of this test too. */
    @Test
    void ofAllEndsThatThereAre() {
        assertEquals(
                Stream.of(Outcome.values()).map(CountsAgreeTest::lower).collect(Collectors.toSet()),
                Set.copyOf(OUTCOMES.subList(1, OUTCOMES.size())));
        assertEquals(
                Stream.concat(Stream.of(Failure.values()).map(CountsAgreeTest::lower), Stream.of("cut"))
                        .collect(Collectors.toSet()),
                Set.copyOf(FAILURES));
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    @Test
    void ofStreamsAndTunnels() throws Exception {
        try (Wire client = send(GET);
                ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
            client.readHead();
            happened("passed", "answered", "streams");
            arrived.connection().close();
            client.readToEnd();
            counted.remove("streams");
            happened();
        }
        try (Wire client = send("GET /ws HTTP/1.1\r\nHost: site\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
                ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection()
                    .send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            assertTrue(client.readHead().startsWith("HTTP/1.1 101 "));
            happened("passed", "answered", "streams");
            client.reset();
            arrived.connection().readToEnd();
            counted.remove("streams");
            happened();
        }
    }

    /** Nobody counts those who do not come to the gate, whatever becomes of them, but for what they tell of the upstream. */
    @Test
    void ofThoseWhoGoBesideTheGate() throws Exception {
        startAnew("exemptPaths", "/static/*", "bypassAddresses", "127.0.0.0/8", "healthPath", "/up");
        try (Wire exempt = send(GET.replace("/a", "/static/a"))) {
            answer(exempt);
            happened("answered");
        }
        site.hold();
        try (Wire exempt = send(GET.replace("/a", "/static/a"));
                Wire bypassing = send(GET.replace("/a", "/b"))) {
            answer(exempt, bypassing);
            counted.merge("answered", 1L, Long::sum);
            happened("answered");
        }
        try (Wire broken = send(GET);
                ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection().close();
            assertStatus(502, broken);
            happened("broken");
        }
        startAnewCount("healthPath", "/up");
        site.hold();
        try (Wire health = send(GET.replace("/a", "/up"))) {
            assertStatus(200, health);
            happened();
        }
    }

    @Test
    void ofThoseThatTheGateLetThroughAndWeDoNotForward() throws Exception {
        try (Wire client = send("BAD[METHOD HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n")) {
            client.readToEnd(); // the container's own answer: it never came to us
            happened();
        }
        try (Wire client = send("POST /a HTTP/1.0\r\nHost: site\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")) {
            assertStatus(400, client);
            happened("passed");
        }
    }

    @Test
    void ofClientsThatWereReleasedAndLeft() throws Exception {
        site.hold();
        try (Wire client = send(GET)) {
            site.awaitHeld(1);
            site.release();
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                client.reset();
                arrived.connection().readToEnd();
                happened("released", "clients gone");
            }
        }
    }

    @Test
    void ofThoseForWhomItHasBeenClosedForTooLong() throws Exception {
        startAnew("maxClosed", "1ms");
        site.hold();
        Until.true_(() -> site.gate().snapshot().closedFor().toMillis() > 1);
        try (Wire client = send(GET)) {
            assertStatus(503, client);
            happened("rejected");
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
