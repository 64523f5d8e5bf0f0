package dev.holdfast.cli;

import dev.holdfast.cluster.Fleet;
import dev.holdfast.cluster.FleetView;
import dev.holdfast.cluster.KnownNode;
import dev.holdfast.cluster.NodeReport;
import dev.holdfast.cluster.NodeView;
import dev.holdfast.cluster.SwitchReading;
import dev.holdfast.config.ClusterSettings.Away;
import dev.holdfast.config.Durations;
import dev.holdfast.config.Json;
import dev.holdfast.config.UpstreamAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;

/**
 * A fleet. What is waited for is waited for at all of its nodes, for the version of the switch that was there when the wait began: a
 * node that says "drained" of an earlier hold proves nothing. Whoever is missed never counts as drained.
 */
final class FleetTarget implements Target {
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PROGRESS_EACH = Duration.ofSeconds(1);

    private final Fleet fleet;
    private final Set<String> without;
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean terminal = Terminal.isThere();
    private final long startNanos = System.nanoTime();
    private long toldNanos = startNanos;

    /** @param without names of nodes that nobody is to wait for, unless they live */
    FleetTarget(Fleet fleet, Set<String> without, CommandLine command) {
        this.fleet = fleet;
        this.without = without;
        this.out = command.getOut();
        this.err = command.getErr();
    }

    @Override
    public String hold() throws IOException, InterruptedException {
        return fleet.hold();
    }

    @Override
    public String release() throws IOException, InterruptedException {
        return fleet.release();
    }

    @Override
    public String releaseTo(UpstreamAddress upstream) throws IOException, InterruptedException {
        return fleet.releaseTo(upstream);
    }

    @Override
    public String refuse(String message) throws IOException, InterruptedException {
        return fleet.refuse(message);
    }

    @Override
    public int until(Goal goal, Duration limit) throws IOException, InterruptedException {
        SwitchReading begin = fleet.read();
        long begunNanos = System.nanoTime();
        if (!goal.fits(begin.reading())) {
            return undone(begin);
        }
        for (; ; ) {
            FleetView view = fleet.look();
            boolean moved = view.says().version() != begin.version();
            List<NodeView> nodes = new ArrayList<>();
            for (NodeView node : view.nodes()) {
                if (moved || !isLeftOut(node, begin, begunNanos)) {
                    nodes.add(node);
                }
            }
            List<String> missing = nodes.stream()
                    .filter(node -> !isReached(goal, node, begin))
                    .map(node -> node.name() + ": " + describe(node, begin))
                    .toList();
            if (moved || missing.isEmpty()) { // so says one server; what it does not know yet, the next look shows
                SwitchReading now = fleet.read(); // after the nodes: what they said was true of this one
                if (now.version() != begin.version()) {
                    return undone(now);
                }
                if (!moved && !nodes.isEmpty()) {
                    out.println(goal.word() + after() + ": " + count(nodes.size()) + ", " + sum(nodes));
                    return Exit.DONE;
                }
            }
            if (elapsed().compareTo(limit == null ? PATIENCE : limit) >= 0) {
                return notReached(goal, limit, nodes, missing);
            }
            tellProgress(nodes, missing);
            Thread.sleep(PAUSE.toMillis());
        }
    }

    private int undone(SwitchReading now) {
        return fail(
                Exit.UNDONE,
                "somebody else moved " + fleet.name() + " meanwhile; now it "
                        + now.reading().describe());
    }

    /**
     * Nobody is left out who lives. Of one with {@code zookeeperAway=hold} the operator's word is not needed for a hold: when all that
     * he can know is from before it, and too old, he forwards nothing, whether he is dead or not.
     */
    private boolean isLeftOut(NodeView node, SwitchReading begin, long begunNanos)
            throws IOException, InterruptedException {
        if (!without.contains(node.name()) || node.lives()) {
            return false;
        }
        if (begin.isForward()) {
            return true; // and missed by the next hold
        }
        boolean mayForward = node.known()
                .filter(known -> known.away() == Away.HOLD)
                .filter(known ->
                        System.nanoTime() - begunNanos <= known.maxAge().toNanos())
                .isPresent();
        if (mayForward || !fleet.forget(node)) {
            return false;
        }
        out.println(node.name() + " is left out; should it come back, it counts again");
        return true;
    }

    private int notReached(Goal goal, Duration limit, List<NodeView> nodes, List<String> missing) {
        if (nodes.isEmpty()) {
            return fail(
                    Exit.FAILED,
                    "no Holdfast is registered beside " + fleet.name() + after()
                            + ": do they have this --zookeeper and --zookeeper-site?");
        }
        return fail(
                limit == null ? Exit.FAILED : Exit.NOT_DONE,
                "not " + goal.word() + after() + "; " + missing.size() + " of " + count(nodes.size()) + " missing:"
                        + missing.stream().map(line -> "\n  " + line).collect(Collectors.joining()));
    }

    @Override
    public int answer(boolean json) throws IOException, InterruptedException {
        SwitchReading now = fleet.read();
        List<NodeView> nodes = fleet.look().nodes();
        if (now.version() == SwitchReading.NONE) {
            return fail(
                    Exit.FAILED,
                    "there is no " + fleet.name()
                            + ": no Holdfast has this --zookeeper and --zookeeper-site, and none ever had");
        }
        if (json) {
            out.print(Json.line(new Status(
                    fleet.name(),
                    now.reading().describe(),
                    SwitchReading.name(now.version()),
                    nodes.stream().map(FleetTarget::line).toList())));
        } else {
            out.println(
                    fleet.name() + " " + now.reading().describe() + "; version " + SwitchReading.name(now.version()));
            nodes.forEach(node -> out.println("  " + node.name() + ": " + describe(node, now)));
        }
        return Exit.DONE;
    }

    private static boolean isReached(Goal goal, NodeView node, SwitchReading begin) {
        return node.report().isPresent()
                && node.report().get().version() == begin.version()
                && goal.isReached(node.report().get());
    }

    private String describe(NodeView node, SwitchReading now) {
        boolean named = without.contains(node.name());
        String counts = named && node.lives() ? "; it lives, so it is waited for in spite of --without" : "";
        if (node.report().isEmpty()) {
            String mayForward = "it may still forward by what it knew: left out when that is too old, "
                    + node.known()
                            .map(KnownNode::maxAge)
                            .map(Durations::inSeconds)
                            .orElse("") + " after the hold";
            return node.lives()
                    ? "unknown: what it says is not to be understood" + counts
                    : "unknown: its session is gone; "
                            + (named
                                    ? mayForward
                                    : "if that machine is dead, leave it out with --without " + node.name());
        }
        NodeReport report = node.report().get();
        String seen = report.version() == now.version()
                ? ""
                : ", has not seen version " + SwitchReading.name(now.version()) + " yet";
        String reason = report.reason().isEmpty() ? "" : "; " + oneLine(report.reason());
        return lower(report.state()) + ", " + report.inFlight() + " in flight, "
                + (report.streams() == 1 ? "1 stream, " : report.streams() + " streams, ") + report.held() + " held"
                + seen + reason + counts;
    }

    private static String sum(List<NodeView> nodes) {
        List<NodeReport> reports =
                nodes.stream().flatMap(node -> node.report().stream()).toList();
        return reports.stream().mapToInt(NodeReport::inFlight).sum() + " in flight, "
                + reports.stream().mapToInt(NodeReport::held).sum() + " held";
    }

    private static String count(int nodes) {
        return nodes == 1 ? "1 node" : nodes + " nodes";
    }

    private void tellProgress(List<NodeView> nodes, List<String> missing) {
        long now = System.nanoTime();
        if (terminal && now - toldNanos >= PROGRESS_EACH.toNanos()) {
            toldNanos = now;
            err.println(missing.size() + " of " + count(nodes.size()) + " missing: "
                    + missing.stream().limit(3).collect(Collectors.joining("; ")));
        }
    }

    private int fail(int exit, String message) {
        err.println("holdfast: " + message);
        return exit;
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private String after() {
        return " after " + Durations.inSeconds(elapsed());
    }

    @Override
    public void close() {
        fleet.close();
    }

    /** What others wrote into ZooKeeper, for a terminal, which control characters would steer. */
    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static String lower(NodeReport.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static NodeLine line(NodeView node) {
        return new NodeLine(
                node.name(),
                node.lives(),
                node.report().map(report -> lower(report.state())).orElse("unknown"),
                node.report()
                        .map(report -> SwitchReading.name(report.version()))
                        .orElse(null),
                node.report().map(NodeReport::inFlight).orElse(null),
                node.report().map(NodeReport::streams).orElse(null),
                node.report().map(NodeReport::held).orElse(null),
                node.report().map(NodeReport::reason).orElse(null));
    }

    private record Status(String zookeeperSwitch, String says, String version, List<NodeLine> nodes) {}

    private record NodeLine(
            String name,
            boolean lives,
            String state,
            String version,
            Integer inFlight,
            Integer streams,
            Integer held,
            String reason) {}
}
