package dev.holdfast.cluster;

import dev.holdfast.balance.BalanceContent;
import dev.holdfast.balance.BalanceReading;
import dev.holdfast.balance.BalanceReading.Absent;
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
import org.apache.curator.framework.api.transaction.TransactionOp;
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
        return asked(this::current);
    }

    /**
     * A leader that was cut off goes on to answer, a sync too, until it notices; but nothing is agreed on with it any more. So a
     * transaction goes first, which changes nothing.
     */
    private SwitchReading current(ZooKeeper session) throws Exception {
        try {
            client.transaction().forOperations(client.transactionOp().check().forPath(layout.switchParent()));
        } catch (NoNodeException agreedOn) {
            // There is no such fleet.
        }
        return reader.read(session, null);
    }

    /** The switch, and everybody who lives or is missed, by name; as the server has them that answers: it may be cut off. */
    public FleetView look() throws IOException, InterruptedException {
        return asked(session -> {
            for (; ; ) {
                SwitchReading before = reader.read(session, null); // with its sync
                List<NodeView> nodes = nodes();
                if (reader.read(session, null).version() == before.version()) {
                    return new FleetView(before, nodes);
                }
            }
        });
    }

    private List<NodeView> nodes() throws Exception {
        TreeSet<String> names = new TreeSet<>(children(layout.known()));
        names.addAll(children(layout.nodes()));
        List<NodeView> nodes = new ArrayList<>();
        for (String name : names) {
            Optional<Found> known = find(layout.known(name));
            Optional<Found> report = find(layout.node(name));
            // Known once more: one that says goodbye between the two is not missed.
            if (report.isPresent() || find(layout.known(name)).isPresent()) {
                int version = known.map(Found::version).orElse(0);
                nodes.add(new NodeView(
                        name,
                        report.isPresent(),
                        parsed(report, NodeReport::parse),
                        parsed(known, KnownNode::parse),
                        version));
            }
        }
        return nodes;
    }

    /** Returns what was done, to be told. */
    public String hold() throws IOException, InterruptedException {
        Before before = before();
        if (before.parent().isEmpty()) {
            throw new FleetException("there is no " + layout.switchParent() + " at " + ensemble.hosts()
                    + ": no Holdfast has this --zookeeper and --zookeeper-site");
        }
        if (before.open().isEmpty()) {
            return name() + " was absent already";
        }
        BalanceReading now = move(before, Optional.empty());
        return name() + " " + (now instanceof Absent ? "is removed" : now.describe());
    }

    /** Lets requests go where they went before the hold. Returns what was done, to be told. */
    public String release() throws IOException, InterruptedException {
        Before before = beforeWriting();
        Optional<byte[]> forward = before.forward();
        if (forward.isPresent()) {
            return name() + " was there already, and "
                    + BalanceContent.parse(forward.get()).describe();
        }
        Found parent = before.parent().get();
        return name() + " " + move(before, Optional.of(parent.data())).describe();
    }

    /** Returns what was done, to be told. */
    public String releaseTo(UpstreamAddress upstream) throws IOException, InterruptedException {
        return write(upstream.toString());
    }

    /** Returns what was done, to be told. */
    public String refuse(String message) throws IOException, InterruptedException {
        return write("refuse " + message.strip());
    }

    private String write(String content) throws IOException, InterruptedException {
        Optional<byte[]> bytes = Optional.of(content.getBytes(StandardCharsets.UTF_8));
        return name() + " " + move(beforeWriting(), bytes).describe();
    }

    private record Found(byte[] data, int version) {}

    /** The switch as it was found. */
    private record Before(Optional<Found> parent, Optional<Found> open) {
        Optional<byte[]> forward() {
            return open.map(Found::data).filter(Fleet::isForward);
        }
    }

    private Before before() throws IOException, InterruptedException {
        return asked(session -> {
            current(session);
            return new Before(find(layout.switchParent()), find(layout.open()));
        });
    }

    private Before beforeWriting() throws IOException, InterruptedException {
        return asked(session -> {
            if (find(layout.switchParent()).isEmpty()) {
                try {
                    client.create().creatingParentsIfNeeded().forPath(layout.switchParent(), new byte[0]);
                } catch (NodeExistsException expected) {
                    // By whoever came first.
                }
            }
            return before();
        });
    }

    /**
     * Once, though it may be asked for again because the answer was lost: each move is one of the parent's data too, and only what
     * was found is moved. Else it would undo what somebody else has done since.
     *
     * @param content empty to hold
     * @return what the switch says then, be it by somebody who was faster
     */
    private BalanceReading move(Before before, Optional<byte[]> content) throws IOException, InterruptedException {
        Found parent = before.parent().get();
        // For the next release.
        byte[] kept = content.filter(Fleet::isForward).or(before::forward).orElse(parent.data());
        return asked(session -> {
            TransactionOp make = client.transactionOp();
            CuratorOp keep = make.setData().withVersion(parent.version()).forPath(layout.switchParent(), kept);
            CuratorOp move;
            if (content.isEmpty()) {
                move = make.delete().withVersion(before.open().get().version()).forPath(layout.open());
            } else if (before.open().isPresent()) {
                move = make.setData().forPath(layout.open(), content.get());
            } else {
                move = make.create().forPath(layout.open(), content.get());
            }
            try {
                client.transaction().forOperations(keep, move);
            } catch (NodeExistsException | NoNodeException | BadVersionException moved) {
                // By this, before its answer was lost, or by somebody else.
            }
            return current(session).reading();
        });
    }

    private static boolean isForward(byte[] content) {
        return BalanceContent.parse(content) instanceof BalanceReading.Forward;
    }

    /** Nobody waits any more for a node that vanished, until it comes back. Returns false where it has, since it was looked at. */
    public boolean forget(NodeView node) throws IOException, InterruptedException {
        return asked(session -> {
            try {
                client.delete().withVersion(node.knownVersion()).forPath(layout.known(node.name()));
            } catch (NoNodeException forgotten) {
                // Or it has said goodbye itself.
            } catch (BadVersionException itIsBack) {
                return false;
            }
            return true;
        });
    }

    private List<String> children(String path) throws Exception {
        try {
            return client.getChildren().forPath(path);
        } catch (NoNodeException none) {
            return List.of();
        }
    }

    private Optional<Found> find(String path) throws Exception {
        try {
            Stat stat = new Stat();
            byte[] data = client.getData().storingStatIn(stat).forPath(path);
            return Optional.of(new Found(data, stat.getVersion()));
        } catch (NoNodeException none) {
            return Optional.empty();
        }
    }

    private static <T> Optional<T> parsed(Optional<Found> json, Function<byte[], T> parser) {
        try {
            return json.map(Found::data).map(parser);
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private interface Question<T> {
        T ask(ZooKeeper session) throws Exception;
    }

    /** Asks again where the connection breaks, since a server of several may end at any time; each question may be asked twice. */
    private <T> T asked(Question<T> question) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (; ; ) {
            try {
                ZooKeeper session = client.getZookeeperClient().getZooKeeper();
                T answer = question.ask(session);
                // Else another session, with another server that may lag behind, has given a part of it.
                if (client.getZookeeperClient().getZooKeeper() == session) {
                    return answer;
                }
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
