package dev.holdfast.cluster;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.holdfast.balance.UpstreamSwitch;
import dev.holdfast.cluster.NodeReport.State;
import dev.holdfast.config.ClusterSettings;
import dev.holdfast.config.Printable;
import dev.holdfast.gate.Closure;
import dev.holdfast.gate.Gate;
import dev.holdfast.gate.GateSnapshot;
import dev.holdfast.thread.OneThread;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * One Holdfast of a fleet that has one switch, in ZooKeeper: moves the gate with the switch, and tells the others how it is.
 * Thread-safe; started and stopped once.
 */
public final class ClusterNode {
    private static final Logger LOG = Logger.getLogger(ClusterNode.class.getPackageName());

    private final String site;
    private final ClusterSettings settings;
    private final Gate gate;
    private final Knowledge knowledge;
    private final ClusterSwitch clusterSwitch;
    private final String process = UUID.randomUUID().toString();
    private final ClusterLink link;
    private final OneThread thread;

    /**
     * @param site for log and thread names
     * @param knowledge the gate's lease
     * @param upstream told where requests go
     */
    public ClusterNode(String site, ClusterSettings settings, Gate gate, Knowledge knowledge, UpstreamSwitch upstream) {
        this.site = site;
        this.settings = settings;
        this.gate = gate;
        this.knowledge = knowledge;
        this.clusterSwitch = new ClusterSwitch(site, settings, gate, upstream, knowledge, System::nanoTime);
        this.link = new ClusterLink(site, settings, process, this::report, new Heard());
        this.thread = new OneThread("holdfast-cluster-" + site);
    }

    /** Closes the gate until the switch has been read. To be called before the first request; does not wait. */
    public void start() {
        clusterSwitch.holdUntilRead(System.currentTimeMillis());
        long each = ClusterSwitch.tickEach(settings).toNanos();
        thread.scheduleWithFixedDelay(() -> guard(this::tick), each, each, NANOSECONDS);
        gate.onDrained(link::reportSoon);
        link.start();
    }

    /** Says goodbye, and ends all threads; waits for that for some seconds at most. The gate stays as it is. */
    public void stop() {
        link.stop();
        thread.close();
    }

    /** Any thread. */
    public ClusterSnapshot snapshot() {
        SwitchReading acted = clusterSwitch.acted();
        return new ClusterSnapshot(
                settings.node(),
                link.isConnected(),
                knowledge.age(),
                acted == null ? SwitchReading.NONE : acted.version(),
                acted == null ? "has not been read yet" : acted.reading().describe(),
                link.problem().isEmpty() ? clusterSwitch.problem() : link.problem());
    }

    /** On the link thread. */
    private final class Heard implements ClusterLink.Listener {
        @Override
        public void answered(SwitchReading now, long askedNanos, boolean registered) {
            thread.execute(() -> guard(() -> {
                clusterSwitch.answered(now, askedNanos, registered);
                link.reportSoon();
            }));
        }

        @Override
        public void counted(int living) {
            int total = settings.releaseConcurrencyTotal().orElseThrow();
            gate.releaseConcurrency(Math.max(1, total / Math.max(1, living)));
        }
    }

    private void tick() {
        if (clusterSwitch.tick(System.currentTimeMillis())) {
            link.askSoon();
        }
    }

    /** What throws here must not be the last tick. */
    private void guard(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, e, () -> site + ": the fleet's switch cannot be followed, trying again");
        }
    }

    /**
     * The version first, then the gate: a gate that has been moved on meanwhile is told with a version too old, which proves nothing
     * to whoever waits; the other way round it would prove what is not true.
     */
    private NodeReport report() {
        SwitchReading acted = clusterSwitch.acted();
        GateSnapshot now = gate.snapshot();
        boolean held = acted != null && !acted.isForward();
        State state = now.isOpen() ? State.OPEN : held && now.isDrained() ? State.DRAINED : State.HOLDING;
        return new NodeReport(
                process,
                state,
                now.inFlight(),
                now.held(),
                now.streams(),
                acted == null ? SwitchReading.NONE : acted.version(),
                now.closures().stream()
                        .map(Closure::detail)
                        .map(Printable::line)
                        .collect(Collectors.joining("; ")));
    }
}
