package dev.holdfast.cluster;

import static dev.holdfast.config.Durations.inSeconds;

import dev.holdfast.balance.Complaint;
import dev.holdfast.config.ClusterSettings;
import dev.holdfast.config.Printable;
import dev.holdfast.thread.OneThread;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.logging.Logger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;

/**
 * Talks to ZooKeeper, on a thread of its own that may block: reads the switch when it moves, when there is a connection again and
 * each third of {@code zookeeperMaxAge}; registers this node; and reports how it is.
 */
final class ClusterLink {
    private static final Logger LOG = Logger.getLogger(ClusterLink.class.getPackageName());

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

    private static final Duration LONGEST_GOODBYE = Duration.ofSeconds(5);

    /** Told what was read. Any thread; must not block. */
    interface Listener {
        void answered(SwitchReading now, long askedNanos, boolean registered);

        /** @param living how many nodes there are now; told only where somebody wants to know */
        void counted(int living);
    }

    private final CuratorFramework client;
    private final Layout layout;
    private final boolean counts;
    private final SwitchReader reader;
    private final Registration registration;
    private final Reporting reporting;
    private final Listener listener;
    private final Duration maxAge;
    private final long askEachNanos;
    private final long lookEachNanos;
    private final long sessionNanos;
    private final Thread thread;
    private final Complaint failure;
    private final Complaint conflict;
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean connected;
    private volatile boolean askSoon;
    private volatile boolean stopped;
    private long askedNanos;
    private long conflictSinceNanos;

    /**
     * @param process tells this one from others
     * @param report how this node is; the version in it is one that the gate has been moved to
     */
    ClusterLink(String site, ClusterSettings settings, String process, Supplier<NodeReport> report, Listener listener) {
        this.client = Client.of(settings.ensemble(), settings.session(), settings.digest(), "holdfast-curator-" + site);
        this.layout = Layout.of(settings.ensemble(), settings.site());
        this.counts = settings.releaseConcurrencyTotal().isPresent();
        this.reader = new SwitchReader(layout, settings.session());
        this.registration = new Registration(client, layout, settings, process);
        this.reporting = new Reporting(report, System::nanoTime);
        this.listener = listener;
        this.maxAge = settings.maxAge();
        this.askEachNanos = ClusterSwitch.tickEach(settings).toNanos();
        this.lookEachNanos = Math.min(askEachNanos / 4, LONGEST_PAUSE.toNanos()); // late for a question by no more
        this.sessionNanos = settings.session().toNanos();
        this.failure = new Complaint(LOG, site);
        this.conflict = new Complaint(LOG, site);
        this.thread = OneThread.daemon(this::run, "holdfast-cluster-link-" + site);
        client.getConnectionStateListenable().addListener((same, state) -> connectionIs(state));
    }

    void start() {
        client.start();
        thread.start();
    }

    boolean isConnected() {
        return connected;
    }

    /** What is the matter; empty when nothing is. */
    String problem() {
        return conflict.said().isEmpty() ? failure.said() : conflict.said();
    }

    /** The switch is to be read at once. Any thread. */
    void askSoon() {
        askSoon = true;
        wake.release();
    }

    /** There may be something to report. Any thread. */
    void reportSoon() {
        wake.release();
    }

    /** Says goodbye and ends, in bounded time. */
    void stop() {
        stopped = true;
        wake.release();
        try {
            thread.join(LONGEST_GOODBYE.toMillis());
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(LONGEST_GOODBYE.toMillis());
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void connectionIs(ConnectionState state) {
        connected = state.isConnected();
        if (connected) {
            askSoon();
        }
    }

    private void run() {
        try {
            while (!stopped) {
                wake.tryAcquire(lookEachNanos, TimeUnit.NANOSECONDS);
                wake.drainPermits();
                if (connected && !stopped) {
                    step();
                }
            }
            if (connected) {
                registration.sayGoodbye(
                        client.getZookeeperClient().getZooKeeper().getSessionId());
            }
        } catch (InterruptedException e) {
            // Stopped while it blocked.
        } catch (Exception e) {
            failure.say("ZooKeeper cannot be told that this node is stopped: " + e);
        } finally {
            client.close();
            Client.awaitNetty();
        }
    }

    private void step() throws InterruptedException {
        try {
            ZooKeeper zooKeeper = client.getZookeeperClient().getZooKeeper();
            boolean registered = registration.isThere(zooKeeper.getSessionId());
            if (askSoon || !registered || System.nanoTime() - askedNanos >= askEachNanos) {
                ask(zooKeeper, registered);
            }
            if (!registered) {
                register(zooKeeper);
            } else if (reporting.isDue()) {
                report();
            }
            failure.over("ZooKeeper is asked and told again");
        } catch (InterruptedException e) {
            throw e;
        } catch (KeeperException.ConnectionLossException
                | KeeperException.SessionExpiredException
                | TimeoutException e) {
            // Whoever waits for an answer hears none.
        } catch (Exception e) {
            failure.say("ZooKeeper cannot be asked or told: " + Printable.line(String.valueOf(e)));
        }
    }

    private void ask(ZooKeeper zooKeeper, boolean registered) throws Exception {
        askSoon = false; // before the question, so that what moves meanwhile leads to another
        if (counts && registered) {
            listener.counted(client.getChildren().forPath(layout.nodes()).size());
        }
        askedNanos = System.nanoTime();
        SwitchReading now = reader.read(zooKeeper, event -> askSoon());
        listener.answered(now, askedNanos, registered);
    }

    private void report() throws Exception {
        if (registration.report(reporting.next())) {
            reporting.told();
        } else {
            askSoon(); // and is registered anew
        }
    }

    private void register(ZooKeeper zooKeeper) throws Exception {
        Duration session = Duration.ofMillis(zooKeeper.getSessionTimeout());
        if (session.compareTo(maxAge) <= 0) {
            conflict.say("the session that ZooKeeper grants, " + inSeconds(session)
                    + ", has to be longer than zookeeperMaxAge, " + inSeconds(maxAge));
            return;
        }
        if (registration.register(reporting.next(), zooKeeper.getSessionId())) {
            reporting.told();
            conflict.over("this node is registered");
            askSoon(); // what is read from now on may open
            return;
        }
        long now = System.nanoTime();
        if (conflict.said().isEmpty()) {
            conflict.say(
                    "another process of this name is registered; if it has ended, this one takes its place when its session has");
            conflictSinceNanos = now;
        } else if (now - conflictSinceNanos > 3 * sessionNanos) {
            conflict.say("another Holdfast that lives has the name of this node: zookeeperNode has to differ");
        }
    }
}
