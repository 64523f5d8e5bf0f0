package dev.holdfast.cluster;

import dev.holdfast.balance.BalanceContent;
import dev.holdfast.balance.BalanceReading;
import dev.holdfast.config.Ensemble;
import dev.holdfast.config.Printable;
import dev.holdfast.config.UpstreamAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.KeeperException.BadVersionException;
import org.apache.zookeeper.KeeperException.ConnectionLossException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.KeeperException.SessionExpiredException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/** The fleet as an operator's command sees and moves it. Blocks. Confined to one thread. */
public final class Fleet implements AutoCloseable {
    private static final Duration SESSION = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(15); // to try one server after the other takes seconds

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Ensemble ensemble;
    private final CuratorFramework client;
    private final Layout layout;
    private final SwitchReader reader;

    private Fleet(Ensemble ensemble, String site, Optional<String> digest) {
        this.ensemble = ensemble;
        this.client = Client.of(ensemble, SESSION, digest, "holdfast-curator");
        this.layout = Layout.of(ensemble, site);
        this.reader = new SwitchReader(layout, PATIENCE);
    }

    /**
     * Connects.
     *
     * @param digest user, colon, password; empty for none
     * @throws IOException if nobody answers; the message is for the operator
     */
    public static Fleet connect(Ensemble ensemble, String site, Optional<String> digest)
            throws IOException, InterruptedException {
        Fleet fleet = new Fleet(ensemble, site, digest);
        fleet.client.start();
        if (!fleet.client.blockUntilConnected((int) PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            fleet.close();
            throw new FleetException("no ZooKeeper answers at " + ensemble.hosts());
        }
        return fleet;
    }

    /** For messages. */
    public String name() {
        return layout.open() + " at " + ensemble.hosts();
    }

    /** What the switch says, no older than the question. */
    public SwitchReading read() throws IOException, InterruptedException {
        return asked(() -> reader.read(client.getZookeeperClient().getZooKeeper(), null));
    }

    /** Everybody who lives or is missed, by name; no older than the question. */
    public List<NodeView> nodes() throws IOException, InterruptedException {
        return asked(() -> {
            for (; ; ) {
                ZooKeeper session = client.getZookeeperClient().getZooKeeper();
                reader.read(session, null); // with its sync
                List<NodeView> nodes = look();
                // Else another session, with another server that may lag behind, has answered in between.
                if (client.getZookeeperClient().getZooKeeper() == session) {
                    return nodes;
                }
            }
        });
    }

    private List<NodeView> look() throws Exception {
        TreeSet<String> names = new TreeSet<>(children(layout.known()));
        names.addAll(children(layout.nodes()));
        List<NodeView> nodes = new ArrayList<>();
        for (String name : names) {
            // Known last: one that says goodbye between the two is not missed.
            Optional<byte[]> report = data(layout.node(name));
            Optional<byte[]> known = data(layout.known(name));
            if (report.isPresent() || known.isPresent()) {
                nodes.add(new NodeView(
                        name, report.isPresent(), parsed(report, NodeReport::parse), parsed(known, KnownNode::parse)));
            }
        }
        return nodes;
    }

    /** Returns what was done, to be told. */
    public String hold() throws IOException, InterruptedException {
        return asked(() -> {
            for (; ; ) {
                Stat stat = new Stat();
                Optional<byte[]> says = data(layout.open(), stat);
                if (says.isEmpty()) {
                    if (client.checkExists().forPath(layout.switchParent()) == null) {
                        throw new FleetException("there is no " + layout.switchParent() + " at " + ensemble.hosts()
                                + ": no Holdfast has this --zookeeper and --zookeeper-site");
                    }
                    return name() + " was absent already";
                }
                List<CuratorOp> steps = new ArrayList<>();
                if (isForward(says.get())) { // kept for the release, in the same step
                    steps.add(client.transactionOp().setData().forPath(layout.switchParent(), says.get()));
                }
                steps.add(client.transactionOp()
                        .delete()
                        .withVersion(stat.getVersion())
                        .forPath(layout.open()));
                try {
                    client.transaction().forOperations(steps);
                    return name() + " is removed";
                } catch (NoNodeException | BadVersionException somebodyWasFaster) {
                    // Look again.
                }
            }
        });
    }

    /** Lets requests go where they went before the hold. Returns what was done, to be told. */
    public String release() throws IOException, InterruptedException {
        return asked(() -> {
            Optional<byte[]> says = data(layout.open());
            if (says.isPresent() && isForward(says.get())) {
                return name() + " was there already, and " + describe();
            }
            return write(data(layout.switchParent()).orElse(new byte[0]));
        });
    }

    /** Returns what was done, to be told. */
    public String releaseTo(UpstreamAddress upstream) throws IOException, InterruptedException {
        return asked(() -> write(upstream.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** Returns what was done, to be told. */
    public String refuse(String message) throws IOException, InterruptedException {
        return asked(() -> write(("refuse " + message.strip()).getBytes(StandardCharsets.UTF_8)));
    }

    private String write(byte[] content) throws Exception {
        for (; ; ) {
            try {
                if (client.checkExists().forPath(layout.switchParent()) == null) {
                    client.create().creatingParentsIfNeeded().forPath(layout.switchParent(), new byte[0]);
                }
                Optional<byte[]> before = data(layout.open());
                List<CuratorOp> steps = new ArrayList<>();
                Optional<byte[]> kept =
                        Optional.of(content).filter(Fleet::isForward).or(() -> before.filter(Fleet::isForward));
                if (kept.isPresent()) {
                    steps.add(client.transactionOp().setData().forPath(layout.switchParent(), kept.get()));
                }
                steps.add(
                        before.isPresent()
                                ? client.transactionOp().setData().forPath(layout.open(), content)
                                : client.transactionOp().create().forPath(layout.open(), content));
                client.transaction().forOperations(steps);
                return name() + " " + describe();
            } catch (NodeExistsException | NoNodeException somebodyWasFaster) {
                // Look again.
            }
        }
    }

    private static boolean isForward(byte[] content) {
        return BalanceContent.parse(content) instanceof BalanceReading.Forward;
    }

    /** Nobody waits any more for a node that vanished, until it comes back. Returns whether there was one. */
    public boolean forget(String name) throws IOException, InterruptedException {
        return asked(() -> {
            if (data(layout.node(name)).isPresent()) {
                return false; // it lives
            }
            try {
                client.delete().forPath(layout.known(name));
                return true;
            } catch (NoNodeException nobody) {
                return false;
            }
        });
    }

    private String describe() throws Exception {
        return reader.read(client.getZookeeperClient().getZooKeeper(), null)
                .reading()
                .describe();
    }

    private List<String> children(String path) throws Exception {
        try {
            return client.getChildren().forPath(path);
        } catch (NoNodeException none) {
            return List.of();
        }
    }

    private Optional<byte[]> data(String path) throws Exception {
        return data(path, new Stat());
    }

    private Optional<byte[]> data(String path, Stat stat) throws Exception {
        try {
            return Optional.of(client.getData().storingStatIn(stat).forPath(path));
        } catch (NoNodeException none) {
            return Optional.empty();
        }
    }

    private static <T> Optional<T> parsed(Optional<byte[]> json, Function<byte[], T> parser) {
        try {
            return json.map(parser);
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private interface Question<T> {
        T ask() throws Exception;
    }

    /** Asks again where the connection breaks, since a server of several may end at any time; each question may be asked twice. */
    private <T> T asked(Question<T> question) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (; ; ) {
            try {
                return question.ask();
            } catch (IOException | InterruptedException | RuntimeException e) {
                throw e;
            } catch (ConnectionLossException | SessionExpiredException | TimeoutException e) {
                if (System.nanoTime() - deadline >= 0) {
                    throw new FleetException("ZooKeeper at " + ensemble.hosts() + " does not answer any more");
                }
                Thread.sleep(PAUSE.toMillis());
            } catch (Exception e) {
                throw new FleetException(
                        "ZooKeeper at " + ensemble.hosts() + ": " + Printable.line(String.valueOf(e.getMessage())));
            }
        }
    }
}
