package dev.holdfast.cluster;

import dev.holdfast.config.ClusterSettings;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.BadVersionException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.data.Stat;

/**
 * Makes this node known to whoever wants to hold the fleet: that it has been there, for as long as it has not said goodbye; and that it
 * lives, for as long as its session does. Confined to the link thread; blocks while there is no connection.
 */
final class Registration {
    private static final long NOT_REGISTERED = 0;

    /** Of the node that has our name. */
    private enum Owner {
        THIS_SESSION,
        NOBODY,
        ANOTHER_PROCESS
    }

    private final CuratorFramework client;
    private final Layout layout;
    private final String name;
    private final String process;
    private final KnownNode known;
    private volatile long session = NOT_REGISTERED;

    Registration(CuratorFramework client, Layout layout, ClusterSettings settings, String process) {
        this.process = process;
        this.client = client;
        this.layout = layout;
        this.name = settings.node();
        this.known = KnownNode.of(process, settings);
    }

    /** In the session of this moment. */
    boolean isThere(long sessionNow) {
        return session != NOT_REGISTERED && session == sessionNow;
    }

    /**
     * Known first: whoever comes to hold the fleet between the two steps waits for a node too many, not for one too few.
     *
     * @return false while another process has this name: one whose session has not ended yet, or one that lives
     */
    boolean register(NodeReport report, long sessionNow) throws Exception {
        ensure(layout.switchParent());
        ensure(layout.nodes());
        ensure(layout.known());
        ensureKnown();
        try {
            client.create().withMode(CreateMode.EPHEMERAL).forPath(layout.node(name), report.toJson());
        } catch (NodeExistsException e) {
            switch (owner(sessionNow)) {
                case THIS_SESSION -> report(report);
                case NOBODY -> {
                    return register(report, sessionNow);
                }
                case ANOTHER_PROCESS -> {
                    return false;
                }
            }
        }
        client.setData().forPath(layout.known(name), known.toJson()); // that of an earlier process may still be there
        session = sessionNow;
        return true;
    }

    /** Returns false where it is not registered any more: somebody has removed it. */
    boolean report(NodeReport report) throws Exception {
        try {
            client.setData().forPath(layout.node(name), report.toJson());
            return true;
        } catch (NoNodeException removed) {
            session = NOT_REGISTERED;
            return false;
        }
    }

    /**
     * Orderly: nobody is to wait for this node any more. What another process has made, which has taken this name while this one
     * was paused, stays.
     */
    void sayGoodbye(long sessionNow) throws Exception {
        Stat stat = new Stat();
        try {
            KnownNode there =
                    KnownNode.parse(client.getData().storingStatIn(stat).forPath(layout.known(name)));
            // First: a node that is there and not known is waited for, one that is known and not there is missed.
            if (there.process().equals(process)) {
                client.delete().withVersion(stat.getVersion()).forPath(layout.known(name));
            }
        } catch (NoNodeException | BadVersionException | IllegalArgumentException notOurs) {
            // Nothing to be taken back.
        }
        if (isThere(sessionNow)) {
            session = NOT_REGISTERED;
            client.delete().forPath(layout.node(name));
        }
    }

    /** One of this process, but of an earlier session, which ZooKeeper has not given up yet, is removed. */
    private Owner owner(long sessionNow) throws Exception {
        Stat stat = new Stat();
        try {
            NodeReport there =
                    NodeReport.parse(client.getData().storingStatIn(stat).forPath(layout.node(name)));
            if (!there.process().equals(process)) {
                return Owner.ANOTHER_PROCESS;
            }
            if (stat.getEphemeralOwner() == sessionNow) {
                return Owner.THIS_SESSION;
            }
            client.delete().withVersion(stat.getVersion()).forPath(layout.node(name));
            return Owner.NOBODY;
        } catch (NoNodeException wentInThisMoment) {
            return Owner.NOBODY;
        } catch (IllegalArgumentException notOurs) {
            return Owner.ANOTHER_PROCESS;
        }
    }

    private void ensureKnown() throws Exception {
        try {
            client.create().forPath(layout.known(name), known.toJson());
        } catch (NodeExistsException expected) {
            // From an earlier session or process.
        }
    }

    private void ensure(String path) throws Exception {
        try {
            client.create().creatingParentsIfNeeded().forPath(path, new byte[0]);
        } catch (NodeExistsException expected) {
            // Made by whoever came first.
        }
    }
}
