package dev.holdfast.status;

import dev.holdfast.gate.GateSnapshot;
import java.util.List;
import java.util.Map;

/**
 * What is true of one site at one instant, fit to be shown: plain values, with the names that they have in JSON. Times are ISO
 * 8601 in UTC.
 *
 * @param state a {@link dev.holdfast.balance.SiteState} in lower case
 * @param closedMillis how long the gate has been closed; 0 while it is open
 * @param counts since the start; see {@link GateSnapshot.Counts}
 * @param failures of requests that were forwarded: how many, by what went wrong; since the start
 * @param cluster null where this node is alone
 * @param seconds what was true at the last seconds, oldest first
 * @param holds the last ones, newest first
 */
public record SiteView(
        String site,
        String state,
        List<ReasonView> reasons,
        long closedMillis,
        int inFlight,
        List<RequestView> oldestInFlight,
        int streams,
        int held,
        long oldestHeldMillis,
        GateSnapshot.Counts counts,
        Map<String, Long> failures,
        long clientsGone,
        UpstreamView upstream,
        FileView balanceFile,
        ClusterView cluster,
        List<SecondView> seconds,
        List<HoldView> holds) {

    public record ReasonView(String reason, String detail, boolean refusing, long sinceMillis) {}

    /** A request in flight. */
    public record RequestView(String method, String path, long ageMillis) {}

    public record UpstreamView(String address, int connectionsInUse, int connectionsIdle) {}

    /** @param error why it cannot be read; empty when it can be */
    public record FileView(String path, String says, String since, String error) {}

    /**
     * The switch that several nodes share.
     *
     * @param node the name of this one
     * @param connected whether ZooKeeper is there
     * @param ageMillis how old it is what is known of the switch
     * @param version of the switch that the gate has been moved to; none where it was not read yet
     * @param problem what is the matter; empty when nothing is
     */
    public record ClusterView(
            String node, boolean connected, long ageMillis, String version, String says, String problem) {}

    /**
     * @param epochSecond of Unix time
     * @param released since the second before
     * @param failed or turned away, since the second before
     */
    public record SecondView(long epochSecond, int held, int inFlight, long arrived, long released, long failed) {}

    /**
     * One upgrade.
     *
     * @param ended when the last who waited was answered
     * @param drainedMillis from the closing; null where the site never became idle
     */
    public record HoldView(
            String ended,
            long closedMillis,
            Long drainedMillis,
            int waited,
            long releaseMillis,
            long released,
            long expired,
            long left,
            long turnedAway,
            long failed) {}
}
