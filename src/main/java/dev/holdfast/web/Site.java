package dev.holdfast.web;

import dev.holdfast.balance.BalanceWatcher;
import dev.holdfast.balance.SwitchFile;
import dev.holdfast.cluster.ClusterNode;
import dev.holdfast.cluster.Knowledge;
import dev.holdfast.config.AddressRanges;
import dev.holdfast.config.AdminSettings;
import dev.holdfast.config.SiteSettings;
import dev.holdfast.config.StreamSettings;
import dev.holdfast.gate.Gate;
import dev.holdfast.gate.GateThread;
import dev.holdfast.gate.Reason;
import dev.holdfast.proxy.Outstanding;
import dev.holdfast.proxy.Upstream;
import dev.holdfast.status.SiteStatus;
import dev.holdfast.status.Traffic;
import dev.holdfast.thread.OneThread;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One site: its gate, what moves the gate, and its upstream. Sites share nothing. */
final class Site implements AutoCloseable {
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(1);

    private final String name;
    private final String attribute;
    private final OneThread thread;
    private final Gate gate;
    private final AddressRanges trustedProxies;
    private final Entrance entrance;
    private final Upstream upstream;
    private final UpstreamCheck check;
    private final ClusterNode cluster; // null where this node is alone
    private final BalanceWatcher balance;
    private final WaitingPage waitingPage;
    private final Answers answers;
    private final Outstanding held = new Outstanding();
    private final DepartureWatch departures;
    private final Duration closeStreamsAfter;
    private final AdminSettings admin;
    private final SwitchFile switchFile;
    private final Traffic traffic = new Traffic();
    private final FailureLog failures;
    private final SiteStatus status;
    private volatile boolean stopping;

    Site(SiteSettings settings) {
        name = settings.name();
        attribute = "dev.holdfast.visit." + name;
        trustedProxies = settings.forwarding().trustedProxies();
        entrance = new Entrance(settings.pass(), trustedProxies);
        thread = new OneThread("holdfast-gate-" + name);
        departures = new DepartureWatch(name);
        failures = new FailureLog(name, System::nanoTime);
        Knowledge knowledge = settings.cluster().isEmpty() ? null : new Knowledge(System::nanoTime);
        gate = new Gate(name, settings.hold(), System::nanoTime, GateThread.of(thread), knowledge);
        closeStreamsAfter = settings.streams().closeAfter();
        upstream = new Upstream(
                name, settings.upstream(), settings.forwarding(), settings.streams(), this::streamsAreToEnd);
        gate.onDrained(upstream::closeIdle);
        check = new UpstreamCheck(name, gate, upstream, settings.upstream().address(), settings.ready());
        Directions directions = settings.cluster().isEmpty() ? null : new Directions(check);
        cluster = settings.cluster()
                .map(fleet -> new ClusterNode(name, fleet, gate, knowledge, directions.ofFleet()))
                .orElse(null);
        balance = new BalanceWatcher(
                name,
                settings.balance(),
                settings.upstream().address(),
                gate,
                directions == null ? check : directions.ofFile());
        waitingPage = new WaitingPage(gate, settings.waitingPage().after());
        admin = settings.admin();
        switchFile = new SwitchFile(settings.balance().file());
        status = new SiteStatus(
                name,
                gate,
                upstream,
                balance::snapshot,
                () -> Optional.ofNullable(cluster).map(ClusterNode::snapshot),
                traffic);
        answers = new Answers(new ClosedSite(() -> gate.snapshot().closedFor(), balance::page));
    }

    /** Looks at the balance file before it returns, so that no request comes before that. */
    void start() {
        if (cluster != null) {
            cluster.start();
        }
        balance.start();
        second();
    }

    private void second() {
        status.second();
        failures.second();
        thread.schedule(this::second, 1, TimeUnit.SECONDS);
    }

    String name() {
        return name;
    }

    /** Under which a request carries its {@link Visit}. */
    String attribute() {
        return attribute;
    }

    Gate gate() {
        return gate;
    }

    Entrance entrance() {
        return entrance;
    }

    Upstream upstream() {
        return upstream;
    }

    UpstreamCheck check() {
        return check;
    }

    WaitingPage waitingPage() {
        return waitingPage;
    }

    Answers answers() {
        return answers;
    }

    AdminSettings admin() {
        return admin;
    }

    SwitchFile switchFile() {
        return switchFile;
    }

    Traffic traffic() {
        return traffic;
    }

    FailureLog failures() {
        return failures;
    }

    SiteStatus status() {
        return status;
    }

    boolean isStopping() {
        return stopping;
    }

    /** Who is limited by {@code holdLimitPerClient}, and may repeat a request. */
    String clientAddress(HttpServletRequest request) {
        return ClientAddress.of(request, trustedProxies);
    }

    /** Requests that are held, or whose answer is not yet with the container. */
    Outstanding held() {
        return held;
    }

    DepartureWatch departures() {
        return departures;
    }

    /**
     * Only where somebody wants the site for himself, and has waited long enough: one that refuses connections may well go on
     * to serve those that it has.
     */
    private boolean streamsAreToEnd() {
        if (!gate.isShut() || closeStreamsAfter.equals(StreamSettings.NEVER)) {
            return false;
        }
        long now = gate.now();
        return gate.snapshot().closures().stream()
                .anyMatch(closure ->
                        closure.reason().isOperators() && now - closure.sinceNanos() >= closeStreamsAfter.toNanos());
    }

    /** Nobody is held any longer, nobody comes in, and streams end. Does not wait. */
    void refuseAll() {
        stopping = true;
        gate.refuse(Reason.STOPPING, "The server is being restarted.");
        upstream.endStreams();
    }

    /**
     * Waits until those who were held are answered, and those in flight have ended; cuts those who take longer, while the
     * container still runs and can bring them an answer.
     */
    void awaitEnd(Duration longest) {
        held.awaitNone(LONGEST_ANSWER);
        if (!upstream.awaitIdle(longest)) {
            upstream.close();
            upstream.awaitIdle(LONGEST_ANSWER);
        }
    }

    @Override
    public void close() {
        if (cluster != null) {
            cluster.stop(); // those in flight have ended, or were cut
        }
        balance.stop();
        departures.close();
        thread.close();
        upstream.close();
        failures.close();
    }
}
