package dev.holdfast.balance;

import dev.holdfast.config.UpstreamAddress;
import dev.holdfast.gate.Closure;
import dev.holdfast.gate.Gate;
import dev.holdfast.gate.GateSnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * What the status file says: one JSON object. Whoever reads it goes by {@code format}, which is raised when a field changes
 * its meaning or goes; fields that are new are no new format. Times are UTC.
 *
 * @param state in one word, for people; programs go by the others
 * @param drained the drained marker's own condition: the balance file holds all requests, and none is in flight
 * @param closedByFile the balance file was read, and holds or refuses requests
 */
record StatusReport(State state, boolean drained, boolean closedByFile, GateSnapshot gate) {
    private static final int FORMAT = 1;
    private static final int OLDEST = 5;

    enum State {
        OPEN,
        /** Open, but some who waited have not yet gone on. */
        RELEASING,
        DRAINING,
        DRAINED,
        /** Closed, and not by the balance file, so that nobody may rely on it: it may open at any time. */
        HOLDING,
        REFUSING,
        STOPPED;

        private static State of(GateSnapshot gate, boolean closedByFile) {
            if (gate.isOpen()) {
                return gate.held() == 0 ? OPEN : RELEASING;
            }
            if (gate.closures().stream().anyMatch(Closure::refusing)) {
                return REFUSING;
            }
            if (!closedByFile) {
                return HOLDING;
            }
            return gate.isDrained() ? DRAINED : DRAINING;
        }
    }

    /**
     * What does not change while Holdfast runs.
     *
     * @param started tells this Holdfast from one that had the same process id before
     * @param configured where requests go unless the balance file says otherwise
     */
    record Origin(String site, Path file, Duration pollInterval, UpstreamAddress configured, Instant started) {}

    static StatusReport of(BalanceSwitch balance, Gate gate) {
        GateSnapshot now = gate.snapshot();
        boolean marks = balance.marks();
        return new StatusReport(State.of(now, marks), marks && now.isDrained(), marks, now);
    }

    /** The last one. */
    static StatusReport stopped(BalanceSwitch balance, Gate gate) {
        return new StatusReport(State.STOPPED, false, balance.marks(), gate.snapshot());
    }

    /**
     * All of it, as it is written. Costs more than to find out that nothing needs to be written.
     *
     * @param readError why the balance file cannot be read; empty when it can be
     */
    String line(Origin origin, BalanceSwitch balance, Gate traffic, String readError) {
        Instant written = Instant.now();
        return new JsonLine()
                        .put("format", FORMAT)
                        .put("written", written.toString())
                        .put("pid", ProcessHandle.current().pid())
                        .put("started", origin.started().toString())
                        .put("site", origin.site())
                        .put("balanceFile", origin.file().toString())
                        .put("pollMillis", origin.pollInterval().toMillis())
                        .put("state", state.name().toLowerCase(Locale.ROOT))
                        .put("drained", drained)
                        .put("closedByFile", closedByFile)
                        .put("holds", balance.holdsSoFar())
                        .put("reasons", reasons(gate, traffic.now(), written))
                        .put("readError", readError)
                        .put("upstream", balance.upstream(origin.configured()).toString())
                        .put("forwardedTo", balance.forwardedTo())
                        .put("inFlight", gate.inFlight())
                        .put("oldestInFlight", oldest(traffic))
                        .put("streams", gate.streams())
                        .put("held", gate.held())
                        .put("oldestHeldMillis", gate.oldestHold().toMillis())
                        .put("closedMillis", gate.closedFor().toMillis())
                        .put("counts", counts(gate.counts()))
                        .put(
                                "lastRelease",
                                balance.lastRelease().map(Instant::toString).orElse(null))
                + "\n";
    }

    private static List<JsonLine> reasons(GateSnapshot gate, long nowNanos, Instant now) {
        return gate.closures().stream()
                .map(closure -> new JsonLine()
                        .put("reason", closure.reason().name())
                        .put("detail", Printable.line(closure.detail()))
                        .put("refusing", closure.refusing())
                        .put(
                                "since",
                                now.minusNanos(nowNanos - closure.sinceNanos()).toString()))
                .toList();
    }

    private static List<JsonLine> oldest(Gate gate) {
        return gate.oldestInFlight(OLDEST).stream()
                .map(request -> new JsonLine()
                        .put("method", request.method())
                        .put("path", request.path())
                        .put("ageMillis", request.age().toMillis()))
                .toList();
    }

    private static JsonLine counts(GateSnapshot.Counts counts) {
        return new JsonLine()
                .put("arrived", counts.arrived())
                .put("passed", counts.passed())
                .put("released", counts.released())
                .put("expired", counts.expired())
                .put("abandoned", counts.abandoned())
                .put("rejected", counts.rejected())
                .put("replaced", counts.replaced())
                .put("postponed", counts.postponed())
                .put("refused", counts.refused());
    }

    /** Whether there is something in it that is to be told soon; what else has changed can wait for the next beat. */
    boolean saysElseThan(StatusReport other) {
        return state != other.state
                || drained != other.drained
                || closedByFile != other.closedByFile
                || gate.inFlight() != other.gate.inFlight()
                || !gate.closures().equals(other.gate.closures());
    }
}
