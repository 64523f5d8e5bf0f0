package dev.holdfast.balance;

import dev.holdfast.config.Json;
import dev.holdfast.config.Printable;
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
record StatusReport(SiteState state, boolean drained, boolean closedByFile, GateSnapshot gate) {
    private static final int FORMAT = 1;
    private static final int OLDEST = 5;

    /**
     * What does not change while Holdfast runs.
     *
     * @param started tells this Holdfast from one that had the same process id before
     */
    record Origin(String site, Path file, Duration pollInterval, Instant started) {}

    static StatusReport of(BalanceSwitch balance, Gate gate) {
        GateSnapshot now = gate.snapshot();
        boolean marks = balance.marks();
        return new StatusReport(SiteState.of(now, marks), marks && now.isDrained(), marks, now);
    }

    /** The last one. */
    static StatusReport stopped(BalanceSwitch balance, Gate gate) {
        return new StatusReport(SiteState.STOPPED, false, balance.marks(), gate.snapshot());
    }

    /**
     * All of it, as it is written. Costs more than to find out that nothing needs to be written.
     *
     * @param readError why the balance file cannot be read; empty when it can be
     */
    String line(Origin origin, BalanceSwitch balance, Gate traffic, String readError) {
        Instant written = Instant.now();
        return Json.line(new Line(
                FORMAT,
                written.toString(),
                ProcessHandle.current().pid(),
                origin.started().toString(),
                origin.site(),
                origin.file().toString(),
                origin.pollInterval().toMillis(),
                state.name().toLowerCase(Locale.ROOT),
                drained,
                closedByFile,
                balance.holdsSoFar(),
                reasons(traffic.now(), written),
                readError,
                balance.upstream().toString(),
                balance.forwardedTo(),
                gate.inFlight(),
                oldest(traffic),
                gate.streams(),
                gate.held(),
                gate.oldestHold().toMillis(),
                gate.closedFor().toMillis(),
                gate.counts(),
                balance.lastRelease().map(Instant::toString).orElse(null)));
    }

    private List<ReasonLine> reasons(long nowNanos, Instant now) {
        return gate.closures().stream()
                .map(closure -> new ReasonLine(
                        closure.reason().name(),
                        Printable.line(closure.detail()),
                        closure.refusing(),
                        now.minusNanos(nowNanos - closure.sinceNanos()).toString()))
                .toList();
    }

    private static List<RequestLine> oldest(Gate gate) {
        return gate.oldestInFlight(OLDEST).stream()
                .map(request -> new RequestLine(
                        request.method(), request.path(), request.age().toMillis()))
                .toList();
    }

    /** Whether there is something in it that is to be told soon; what else has changed can wait for the next beat. */
    boolean saysElseThan(StatusReport other) {
        return state != other.state
                || drained != other.drained
                || closedByFile != other.closedByFile
                || gate.inFlight() != other.gate.inFlight()
                || !gate.closures().equals(other.gate.closures());
    }

    /** The file's fields, with the names that they have there. */
    private record Line(
            int format,
            String written,
            long pid,
            String started,
            String site,
            String balanceFile,
            long pollMillis,
            String state,
            boolean drained,
            boolean closedByFile,
            long holds,
            List<ReasonLine> reasons,
            String readError,
            String upstream,
            String forwardedTo,
            int inFlight,
            List<RequestLine> oldestInFlight,
            int streams,
            int held,
            long oldestHeldMillis,
            long closedMillis,
            GateSnapshot.Counts counts,
            String lastRelease) {}

    private record ReasonLine(String reason, String detail, boolean refusing, String since) {}

    private record RequestLine(String method, String path, long ageMillis) {}
}
