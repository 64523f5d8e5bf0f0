package dev.holdfast.status;

import dev.holdfast.gate.GateSnapshot.Counts;
import dev.holdfast.gate.Outcome;
import dev.holdfast.gate.Reason;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The sites as Prometheus sees them, in its text format or OpenMetrics, as the scraper asks. Made when they are asked for.
 *
 * @see <a href="https://prometheus.io/docs/practices/naming/">Metric and label naming</a>
 */
public final class Metrics {
    private static final ExpositionFormats FORMATS = ExpositionFormats.init();

    private final ExpositionFormatWriter writer;

    /** @param accept what the scraper accepts; null for the text format */
    public Metrics(String accept) {
        writer = FORMATS.findWriter(accept);
    }

    public String contentType() {
        return writer.getContentType();
    }

    public void write(OutputStream out, List<SiteStatus> sites) throws IOException {
        writer.write(out, of(sites), EscapingScheme.DEFAULT);
    }

    static MetricSnapshots of(List<SiteStatus> sites) {
        GaugeSnapshot.Builder held = gauge("holdfast_held", "Requests that wait for the gate");
        GaugeSnapshot.Builder oldest =
                gauge("holdfast_held_oldest_seconds", "How long the request has waited that waits longest");
        GaugeSnapshot.Builder inFlight =
                gauge("holdfast_in_flight", "Requests that the upstream has not finished, without streams");
        GaugeSnapshot.Builder streams = gauge("holdfast_streams", "Open event streams and tunnels");
        GaugeSnapshot.Builder closed = gauge("holdfast_gate_closed", "1 while this reason keeps the gate closed");
        GaugeSnapshot.Builder closedFor =
                gauge("holdfast_gate_closed_seconds", "How long the gate has been closed; 0 while it is open");
        GaugeSnapshot.Builder connections =
                gauge("holdfast_upstream_connections", "Connections to the upstream, without tunnels");
        CounterSnapshot.Builder requests =
                counter("holdfast_requests", "Requests by how they came past the gate, or did not");
        CounterSnapshot.Builder failures =
                counter("holdfast_upstream_failures", "Requests that the upstream did not answer, or not whole");
        CounterSnapshot.Builder clientsGone = counter(
                "holdfast_clients_gone", "Clients that left, or took too long, while the upstream had their request");
        HistogramSnapshot.Builder holds =
                histogram("holdfast_hold_seconds", "How long requests were held, by how they left the line");
        HistogramSnapshot.Builder upstream =
                histogram("holdfast_upstream_seconds", "From the request to the beginning of the upstream's answer");
        ClusterMetrics cluster = new ClusterMetrics();
        for (SiteStatus status : sites) {
            SiteView now = status.now();
            Labels site = Labels.of("site", now.site());
            held.dataPoint(point(site, now.held()));
            oldest.dataPoint(point(site, now.oldestHeldMillis() / 1e3));
            inFlight.dataPoint(point(site, now.inFlight()));
            streams.dataPoint(point(site, now.streams()));
            closedFor.dataPoint(point(site, now.closedMillis() / 1e3));
            for (Reason reason : Reason.values()) {
                boolean there =
                        now.reasons().stream().anyMatch(each -> each.reason().equals(reason.name()));
                closed.dataPoint(point(site.add("reason", lower(reason)), there ? 1 : 0));
            }
            connections.dataPoint(
                    point(site.add("state", "in_use"), now.upstream().connectionsInUse()));
            connections.dataPoint(
                    point(site.add("state", "idle"), now.upstream().connectionsIdle()));
            outcomes(now.counts())
                    .forEach((outcome, count) -> requests.dataPoint(count(site.add("outcome", outcome), count)));
            now.failures().forEach((failure, count) -> failures.dataPoint(count(site.add("failure", failure), count)));
            clientsGone.dataPoint(count(site, now.clientsGone()));
            status.traffic()
                    .holds()
                    .forEach((outcome, counts) ->
                            holds.dataPoint(point(site.add("outcome", lower(outcome)), counts.view())));
            upstream.dataPoint(point(site, status.traffic().upstream()));
            status.cluster().ifPresent(snapshot -> cluster.add(site, snapshot));
        }
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        Stream.of(
                        held.build(),
                        oldest.build(),
                        inFlight.build(),
                        streams.build(),
                        closed.build(),
                        closedFor.build(),
                        connections.build(),
                        requests.build(),
                        failures.build(),
                        clientsGone.build(),
                        holds.build(),
                        upstream.build())
                .forEach(all::metricSnapshot);
        cluster.addTo(all);
        return all.build();
    }

    /** Every request is in one of them, or held. */
    private static Map<String, Long> outcomes(Counts counts) {
        Map<String, Long> outcomes = new LinkedHashMap<>();
        outcomes.put("passed", counts.passed());
        outcomes.put(lower(Outcome.RELEASED), counts.released());
        outcomes.put(lower(Outcome.EXPIRED), counts.expired());
        outcomes.put(lower(Outcome.ABANDONED), counts.abandoned());
        outcomes.put(lower(Outcome.REJECTED), counts.rejected());
        outcomes.put(lower(Outcome.REPLACED), counts.replaced());
        outcomes.put(lower(Outcome.POSTPONED), counts.postponed());
        outcomes.put(lower(Outcome.REFUSED), counts.refused());
        return outcomes;
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static GaugeSnapshot.Builder gauge(String name, String help) {
        return GaugeSnapshot.builder().name(name).help(help);
    }

    private static CounterSnapshot.Builder counter(String name, String help) {
        return CounterSnapshot.builder().name(name).help(help);
    }

    private static HistogramSnapshot.Builder histogram(String name, String help) {
        return HistogramSnapshot.builder().name(name).help(help);
    }

    static GaugeDataPointSnapshot point(Labels labels, double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    private static CounterDataPointSnapshot count(Labels labels, long count) {
        return CounterDataPointSnapshot.builder().labels(labels).value(count).build();
    }

    private static HistogramDataPointSnapshot point(Labels labels, DurationCounts.Durations durations) {
        return HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(ClassicHistogramBuckets.of(
                        Arrays.stream(durations.bounds()).boxed().toList(),
                        Arrays.stream(durations.counts()).boxed().toList()))
                .sum(durations.sum())
                .build();
    }
}
