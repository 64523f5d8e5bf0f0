package dev.holdfast.status;

import dev.holdfast.cluster.ClusterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** The nodes of fleets as Prometheus sees them; nothing where there is none. For one scrape. */
final class ClusterMetrics {
    private final GaugeSnapshot.Builder connected =
            Metrics.gauge("holdfast_cluster_connected", "1 while ZooKeeper is there");
    private final GaugeSnapshot.Builder age = Metrics.gauge(
            "holdfast_cluster_knowledge_age_seconds", "How old it is what is known of the fleet's switch");
    private final GaugeSnapshot.Builder version = Metrics.gauge(
            "holdfast_cluster_switch_version",
            "The version of the fleet's switch that the gate has been moved to; -1 where it was not read yet");
    private boolean any;

    void add(Labels site, ClusterSnapshot cluster) {
        any = true;
        connected.dataPoint(Metrics.point(site, cluster.connected() ? 1 : 0));
        age.dataPoint(Metrics.point(site, cluster.age().toMillis() / 1e3));
        version.dataPoint(Metrics.point(site, cluster.version()));
    }

    void addTo(MetricSnapshots.Builder all) {
        if (any) {
            all.metricSnapshot(connected.build());
            all.metricSnapshot(age.build());
            all.metricSnapshot(version.build());
        }
    }
}
