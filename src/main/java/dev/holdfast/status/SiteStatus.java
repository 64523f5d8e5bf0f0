package dev.holdfast.status;

import dev.holdfast.balance.BalanceReading;
import dev.holdfast.balance.BalanceSnapshot;
import dev.holdfast.balance.SiteState;
import dev.holdfast.cluster.ClusterSnapshot;
import dev.holdfast.cluster.SwitchReading;
import dev.holdfast.gate.Closure;
import dev.holdfast.gate.Gate;
import dev.holdfast.gate.GateSnapshot;
import dev.holdfast.gate.HoldReport;
import dev.holdfast.proxy.Upstream;
import dev.holdfast.status.SiteView.ClusterView;
import dev.holdfast.status.SiteView.FileView;
import dev.holdfast.status.SiteView.ReasonView;
import dev.holdfast.status.SiteView.RequestView;
import dev.holdfast.status.SiteView.UpstreamView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** What is known of one site, gathered when it is asked for, without stopping traffic. Thread-safe. */
public final class SiteStatus {
    private static final int OLDEST = 10;

    private final String name;
    private final Gate gate;
    private final Upstream upstream;
    private final Supplier<BalanceSnapshot> balance;
    private final Supplier<Optional<ClusterSnapshot>> cluster;
    private final Traffic traffic;
    private final Timeline timeline = new Timeline();

    /** @param cluster tells nothing where this node is alone */
    public SiteStatus(
            String name,
            Gate gate,
            Upstream upstream,
            Supplier<BalanceSnapshot> balance,
            Supplier<Optional<ClusterSnapshot>> cluster,
            Traffic traffic) {
        this.name = name;
        this.gate = gate;
        this.upstream = upstream;
        this.balance = balance;
        this.cluster = cluster;
        this.traffic = traffic;
        gate.onReport(report -> {
            if (!isStart(report)) {
                timeline.hold(Instant.now(), report);
            }
        });
    }

    /** The gate is closed until the balance file has been read for the first time: no upgrade, where nobody came meanwhile. */
    private static boolean isStart(HoldReport report) {
        return report.counts().arrived() == 0 && report.closedFor().compareTo(Duration.ofSeconds(1)) < 0;
    }

    public String name() {
        return name;
    }

    Traffic traffic() {
        return traffic;
    }

    GateSnapshot gate() {
        return gate.snapshot();
    }

    Upstream upstream() {
        return upstream;
    }

    /** To be called once a second, on one thread. */
    public void second() {
        timeline.second(Instant.now(), gate.snapshot(), traffic.failed());
    }

    String state() {
        return state(gate.snapshot(), balance.get());
    }

    private static String state(GateSnapshot gate, BalanceSnapshot file) {
        return SiteState.of(gate, file.closesGate()).name().toLowerCase(Locale.ROOT);
    }

    public SiteView now() {
        GateSnapshot now = gate.snapshot();
        long nanos = gate.now();
        BalanceSnapshot file = balance.get();
        Upstream.Connections connections = upstream.connections();
        return new SiteView(
                name,
                state(now, file),
                now.closures().stream().map(closure -> reason(closure, nanos)).toList(),
                now.closedFor().toMillis(),
                now.inFlight(),
                oldest(),
                now.streams(),
                now.held(),
                now.oldestHold().toMillis(),
                now.counts(),
                traffic.failures(),
                traffic.clientsGone(),
                new UpstreamView(upstream.address().toString(), connections.inUse(), connections.idle()),
                new FileView(
                        file.file().toString(),
                        says(file.reading()),
                        file.since().toString(),
                        file.readError()),
                cluster.get().map(SiteStatus::view).orElse(null),
                timeline.seconds(),
                timeline.holds());
    }

    Optional<ClusterSnapshot> cluster() {
        return cluster.get();
    }

    private static ClusterView view(ClusterSnapshot cluster) {
        return new ClusterView(
                cluster.node(),
                cluster.connected(),
                cluster.age().toMillis(),
                SwitchReading.name(cluster.version()),
                cluster.says(),
                cluster.problem());
    }

    private List<RequestView> oldest() {
        return gate.oldestInFlight(OLDEST).stream()
                .map(each ->
                        new RequestView(each.method(), each.path(), each.age().toMillis()))
                .toList();
    }

    private static ReasonView reason(Closure closure, long nowNanos) {
        return new ReasonView(
                closure.reason().name(),
                closure.detail(),
                closure.refusing(),
                (nowNanos - closure.sinceNanos()) / 1_000_000);
    }

    private static String says(BalanceReading reading) {
        return reading.describe();
    }
}
