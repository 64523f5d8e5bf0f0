package dev.holdfast.web;

import static java.util.stream.Collectors.joining;

import dev.holdfast.balance.SiteState;
import dev.holdfast.gate.GateSnapshot.Counts;
import dev.holdfast.status.SiteView;
import dev.holdfast.status.SiteView.ClusterView;
import dev.holdfast.status.SiteView.HoldView;
import dev.holdfast.status.SiteView.ReasonView;
import dev.holdfast.status.SiteView.RequestView;
import dev.holdfast.status.SiteView.SecondView;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** A site's values as the page shows them, as HTML; the page's script writes them in the same way. */
final class AdminSnapshot {
    private static final String HIDDEN = " hidden";

    private AdminSnapshot() {}

    /** What each state is called, and what it means: for the script too. */
    static String words() {
        return Arrays.stream(SiteState.values())
                .map(state ->
                        "<dt data-state=\"" + lower(state) + "\">" + word(state) + "</dt><dd>" + means(state) + "</dd>")
                .collect(joining());
    }

    /** By the names of the placeholders. */
    static Map<String, String> of(SiteView site, String id) {
        SiteState state = SiteState.valueOf(site.state().toUpperCase(Locale.ROOT));
        Map<String, String> values = new HashMap<>();
        values.put("id", id);
        values.put("site", site.site());
        values.put("state", site.state());
        values.put("word", word(state));
        values.put("means", means(state));
        values.put("story", story(site.seconds()));
        values.put("held", number(site.held()));
        values.put("oldestHeld", site.held() == 0 ? "–" : lasting(site.oldestHeldMillis()));
        values.put("inFlight", number(site.inFlight()));
        values.put("streams", number(site.streams()));
        values.put(
                "failed",
                number(site.failures().values().stream()
                        .mapToLong(Long::longValue)
                        .sum()));
        values.put("clientsGone", number(site.clientsGone()));
        values.put("upstream", site.upstream().address());
        values.put("inUse", number(site.upstream().connectionsInUse()));
        values.put("idle", number(site.upstream().connectionsIdle()));
        values.put("file", site.balanceFile().path());
        values.put("says", site.balanceFile().says());
        values.put("fleet", site.cluster() == null ? "" : fleet(site.cluster()));
        values.put("fleetSays", site.cluster() == null ? "" : fleetSays(site.cluster()));
        counts(site.counts(), values);
        values.replaceAll((name, value) -> Html.escape(value));
        lists(site, state, values);
        return values;
    }

    private static void counts(Counts counts, Map<String, String> values) {
        values.put("arrived", number(counts.arrived()));
        values.put("passed", number(counts.passed()));
        values.put("released", number(counts.released()));
        values.put("expired", number(counts.expired()));
        values.put("abandoned", number(counts.abandoned()));
        values.put("rejected", number(counts.rejected()));
        values.put("refused", number(counts.refused()));
        values.put("postponed", number(counts.postponed()));
        values.put("replaced", number(counts.replaced()));
    }

    private static void lists(SiteView site, SiteState state, Map<String, String> values) {
        List<RequestView> oldest = state == SiteState.DRAINING ? site.oldestInFlight() : List.of();
        values.put("reasons", site.reasons().stream().map(AdminSnapshot::reason).collect(joining()));
        values.put("oldest", oldest.stream().map(AdminSnapshot::request).collect(joining()));
        values.put("oldestHidden", oldest.isEmpty() ? HIDDEN : "");
        values.put("fleetHidden", site.cluster() == null ? HIDDEN : "");
        values.put("holds", site.holds().stream().map(AdminSnapshot::hold).collect(joining()));
        values.put("holdsHidden", site.holds().isEmpty() ? HIDDEN : "");
    }

    private static String fleet(ClusterView cluster) {
        return cluster.node()
                + (cluster.connected() ? ", connected" : ", no connection to ZooKeeper")
                + (cluster.problem().isEmpty() ? "" : "; " + cluster.problem());
    }

    private static String fleetSays(ClusterView cluster) {
        return cluster.says() + "; version " + cluster.version() + ", read " + lasting(cluster.ageMillis()) + " ago";
    }

    private static String reason(ReasonView reason) {
        return "<li>" + Html.escape(reason.detail() + ", for " + lasting(reason.sinceMillis())) + "</li>";
    }

    private static String request(RequestView request) {
        return "<tr><th scope=\"row\">" + Html.escape(request.method()) + "</th><td class=\"path\">"
                + Html.escape(request.path()) + "</td><td>" + lasting(request.ageMillis()) + "</td></tr>";
    }

    private static String hold(HoldView hold) {
        return Stream.of(
                        lasting(hold.closedMillis()),
                        hold.drainedMillis() == null ? "not" : lasting(hold.drainedMillis()),
                        number(hold.waited()),
                        number(hold.released()),
                        lasting(hold.releaseMillis()),
                        number(hold.expired()),
                        number(hold.left()),
                        number(hold.turnedAway()),
                        number(hold.failed()))
                .map(text -> "<td>" + text + "</td>")
                .collect(joining("", "<tr><th scope=\"row\">" + Html.escape(hold.ended()) + "</th>", "</tr>"));
    }

    /** What the chart shows, in words. */
    private static String story(List<SecondView> seconds) {
        int held = seconds.stream().mapToInt(SecondView::held).max().orElse(0);
        long released = seconds.stream().mapToLong(SecondView::released).sum();
        long failed = seconds.stream().mapToLong(SecondView::failed).sum();
        return "Last two minutes: at most " + number(held) + " held; " + number(released) + " released, "
                + number(failed) + " failed or turned away.";
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String lasting(long millis) {
        long seconds = millis / 1000;
        if (seconds < 60) {
            return seconds + "." + millis % 1000 / 100 + " s";
        }
        return seconds < 3600
                ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }

    private static String word(SiteState state) {
        return state.name().charAt(0) + lower(state).substring(1);
    }

    private static String means(SiteState state) {
        return switch (state) {
            case OPEN -> "Requests go through.";
            case RELEASING -> "Those who waited go on, oldest first.";
            case DRAINING -> "New requests wait; those in flight finish.";
            case DRAINED -> "Requests wait; nobody talks to the site.";
            case HOLDING -> "Requests wait.";
            case REFUSING -> "Everybody is answered 503.";
            case STOPPED -> "Holdfast is being stopped.";
        };
    }

    private static String lower(SiteState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
