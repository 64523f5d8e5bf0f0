package dev.holdfast.cluster;

import dev.holdfast.config.ClusterSettings.Away;
import dev.holdfast.config.Ensemble;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.KeeperException.NoNodeException;

/** One server, and an operator beside it. */
public final class ZooKeeperForTests implements AutoCloseable {
    private static final int TICK_MILLIS = 500; // the shortest session is two of them

    final TestingServer server;
    final CuratorFramework operator;

    public ZooKeeperForTests() throws Exception {
        this(Map.of());
    }

    ZooKeeperForTests(Map<String, Object> properties) throws Exception {
        server = new TestingServer(
                new InstanceSpec(null, -1, -1, -1, true, -1, TICK_MILLIS, 100, properties, "127.0.0.1"), true);
        operator = CuratorFrameworkFactory.newClient(hosts(), 10_000, 10_000, new RetryOneTime(100));
        operator.start();
    }

    public int port() {
        return server.getPort();
    }

    public String hosts() {
        return "127.0.0.1:" + server.getPort();
    }

    public Fleet fleet() throws Exception {
        return Fleet.connect(Ensemble.parse(hosts() + "/web"), TestNode.SITE, Optional.empty());
    }

    /** How the node is, as it says itself; null where it says nothing. */
    public NodeReport report(String node) throws Exception {
        try {
            return NodeReport.parse(operator.getData().forPath("/web/" + TestNode.SITE + "/nodes/" + node));
        } catch (NoNodeException nothing) {
            return null;
        }
    }

    public boolean isKnown(String node) throws Exception {
        return operator.checkExists().forPath("/web/" + TestNode.SITE + "/known/" + node) != null;
    }

    int knownVersion(String node) throws Exception {
        return operator.checkExists()
                .forPath("/web/" + TestNode.SITE + "/known/" + node)
                .getVersion();
    }

    /** As a node leaves behind that vanished. */
    public void know(String node, Away away, Duration maxAge) throws Exception {
        String path = "/web/" + TestNode.SITE + "/known/" + node;
        operator.create()
                .orSetData()
                .creatingParentsIfNeeded()
                .forPath(path, new KnownNode("gone", away, maxAge).toJson());
    }

    public boolean isOpen() throws Exception {
        return operator.checkExists().forPath("/web/" + TestNode.SITE + "/switch/open") != null;
    }

    public void open(String data) throws Exception {
        operator.create()
                .creatingParentsIfNeeded()
                .forPath(
                        "/web/" + TestNode.SITE + "/switch/open",
                        data.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    public void say(String data) throws Exception {
        operator.setData()
                .forPath(
                        "/web/" + TestNode.SITE + "/switch/open",
                        data.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    public void hold() throws Exception {
        operator.delete().forPath("/web/" + TestNode.SITE + "/switch/open");
    }

    @Override
    public void close() throws IOException {
        operator.close();
        server.close();
    }
}
