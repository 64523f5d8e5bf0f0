package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.config.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Prometheus gets is what it understands, and what the dashboard and the alerts ask for. */
class WatchedByPrometheusTest {
    private static final String DASHBOARD = "tomcat-conf/grafana/holdfast.json";
    private static final String ALERTS = "tomcat-conf/prometheus/holdfast-alerts.yml";
    private static final Pattern METRIC = Pattern.compile("\\bholdfast_\\w+");
    private static final Pattern LABEL = Pattern.compile("\\b\\w+=\\\\?\"[a-z_]+\\\\?\"");

    @TempDir
    Path directory;

    private SmallSite upstream;
    private TestSite site;
    private String metrics;

    @BeforeEach
    void passAndRelease() throws Exception {
        upstream = new SmallSite(Door.tcp(), SmallSite.OK);
        site = TestSite.before(0, "upstream", upstream.address());
        try (Wire first = site.client();
                Wire second = site.client()) {
            first.send("GET / HTTP/1.1\r\nHost: site\r\n\r\n").readResponse();
            site.hold();
            second.send("GET / HTTP/1.1\r\nHost: site\r\n\r\n");
            site.awaitHeld(1);
            site.release();
            second.readResponse();
        }
        try (Wire prometheus = site.client()) {
            String answer = prometheus
                    .send("GET /.holdfast/metrics HTTP/1.1\r\nHost: site\r\n\r\n")
                    .readResponse();
            metrics = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {DASHBOARD, ALERTS})
    void asksForNothingThatIsNotThere(String file) throws IOException {
        String text = Files.readString(Path.of(file));
        Set<String> asked = found(METRIC, text);
        asked.removeAll(found(METRIC, metrics));
        assertEquals(Set.of(), asked);

        Set<String> labels = found(LABEL, text.replace("\\", ""));
        labels.removeAll(found(LABEL, metrics));
        assertEquals(Set.of(), labels);
    }

    @Test
    void theDashboardShowsAllThereIs() throws IOException {
        Set<String> families = Pattern.compile("(?m)^# TYPE (\\w+) ")
                .matcher(metrics)
                .results()
                .map(type -> type.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        String text = Files.readString(Path.of(DASHBOARD));
        families.removeIf(text::contains);
        assertEquals(Set.of(), families);
    }

    @Test
    void theDashboardsPanelsAreWhole() throws IOException {
        List<?> panels =
                (List<?>) Json.object(Files.readString(Path.of(DASHBOARD))).get("panels");
        assertFalse(panels.isEmpty());
        Set<Object> ids =
                panels.stream().map(each -> ((Map<?, ?>) each).get("id")).collect(Collectors.toSet());
        assertEquals(panels.size(), ids.size());
    }

    @Test
    void promtoolUnderstandsTheMetrics() throws Exception {
        Path text = Files.writeString(directory.resolve("metrics"), metrics);
        assertEquals("", promtool(text, "check", "metrics"));
    }

    @Test
    void promtoolUnderstandsTheAlerts() throws Exception {
        String said = promtool(Path.of("/dev/null"), "check", "rules", ALERTS);
        assertTrue(said.contains("SUCCESS: 2 rules found"), said);
    }

    /** Each metric as it is in the tenth minute of an upgrade that hangs. */
    @Test
    void alertsWhenItIsHeldOrClosedForTooLong() throws Exception {
        Path test = Files.writeString(
                directory.resolve("test.yml"), """
                rule_files: [%s]
                evaluation_interval: 10s
                tests:
                  - interval: 10s
                    input_series:
                      - {series: 'holdfast_held_oldest_seconds{site="shop"}', values: '0+10x60'}
                      - {series: 'holdfast_gate_closed_seconds{site="shop"}', values: '0+10x60'}
                    alert_rule_test:
                      - {eval_time: 40s, alertname: HoldfastHeldTooLong, exp_alerts: []}
                      - eval_time: 50s
                        alertname: HoldfastHeldTooLong
                        exp_alerts:
                          - exp_labels: {severity: critical, site: shop}
                            exp_annotations:
                              summary: 'Requests for shop wait for 50s'
                              description: 'Soon they expire, with 503. Release them, or refuse with a message that says when the site is back.'
                      - {eval_time: 5m, alertname: HoldfastGateClosedTooLong, exp_alerts: []}
                    promql_expr_test:
                      - {expr: 'count(ALERTS{alertname="HoldfastGateClosedTooLong", site="shop"})', eval_time: 5m20s, exp_samples: [{value: 1}]}
                """.formatted(Path.of(ALERTS).toAbsolutePath()));
        String said = promtool(Path.of("/dev/null"), "test", "rules", test.toString());
        assertTrue(said.contains("SUCCESS"), said);
    }

    /** Returns what it says; it says nothing where it has nothing to complain of. */
    private String promtool(Path input, String... command) throws Exception {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, "promtool"))),
                "promtool is not here");
        Process promtool = new ProcessBuilder(
                        Stream.concat(Stream.of("promtool"), Stream.of(command)).toList())
                .redirectErrorStream(true)
                .redirectInput(input.toFile())
                .start();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, promtool.waitFor(), said);
        return said;
    }

    private static Set<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }
}
