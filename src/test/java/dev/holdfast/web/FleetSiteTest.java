package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.cluster.Cable;
import dev.holdfast.cluster.TestNode;
import dev.holdfast.cluster.ZooKeeperForTests;
import dev.holdfast.config.Json;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole Holdfast as the node of a fleet. */
class FleetSiteTest {
    private ZooKeeperForTests zooKeeper;

    @BeforeEach
    void start() throws Exception {
        zooKeeper = new ZooKeeperForTests();
    }

    @AfterEach
    void stop() throws Exception {
        zooKeeper.close();
    }

    private TestSite site(int upstream, String hosts, String... more) throws Exception {
        List<String> settings = new ArrayList<>(List.of(
                "zookeeper",
                hosts + "/web",
                "zookeeperSite",
                TestNode.SITE,
                "zookeeperNode",
                "a",
                "zookeeperSession",
                "2s",
                "zookeeperMaxAge",
                "1s"));
        settings.addAll(List.of(more));
        return TestSite.before(upstream, settings.toArray(String[]::new));
    }

    @Test
    void holdsAndReleasesWithTheFleetAndWithItsOwnBalanceFile() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = site(upstream.port(), zooKeeper.hosts());
                Wire client = site.client()) {
            client.send("GET /first HTTP/1.1\r\nHost: site.example\r\n\r\n");
            site.awaitHeld(1);
            zooKeeper.open("");
            try (ScriptedUpstream.Arrived first = upstream.acceptRequest()) {
                assertTrue(first.head().startsWith("GET /first "), first.head());
                first.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                assertTrue(client.readHead().startsWith("HTTP/1.1 200"));

                site.hold(); // the file
                zooKeeper.hold();
                client.send("GET /second HTTP/1.1\r\nHost: site.example\r\n\r\n");
                site.awaitHeld(1);
                Until.true_(() -> reasons(site).size() == 2);
                assertTrue(Files.exists(site.drainedMarker()));
                site.release();
                Until.true_(() -> reasons(site).equals(List.of("CLUSTER")));
                Until.true_(() -> !Files.exists(site.drainedMarker()));
                Until.quiet(() -> site.gate().snapshot().held() == 1);

                zooKeeper.open("");
                String head = upstreamHead(upstream);
                assertTrue(head.startsWith("GET /second "), head);
            }
        }
    }

    /** At the drain the connections to the upstream were closed. */
    private static String upstreamHead(ScriptedUpstream upstream) throws IOException {
        try (ScriptedUpstream.Arrived second = upstream.acceptRequest()) {
            second.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            return second.head();
        }
    }

    private static List<String> reasons(TestSite site) {
        return site.gate().snapshot().closures().stream()
                .map(each -> each.reason().name())
                .toList();
    }

    @Test
    void theAddressThatTheFleetNamesCountsMoreThanThatOfTheBalanceFile() throws Exception {
        try (ScriptedUpstream configured = new ScriptedUpstream();
                ScriptedUpstream ofFile = new ScriptedUpstream();
                ScriptedUpstream ofFleet = new ScriptedUpstream();
                TestSite site = site(configured.port(), zooKeeper.hosts())) {
            site.balance("http://127.0.0.1:" + ofFile.port());
            zooKeeper.open("");
            Until.true_(() -> site.site().upstream().address().port() == ofFile.port());
            zooKeeper.say("http://127.0.0.1:" + ofFleet.port());
            Until.true_(() -> site.site().upstream().address().port() == ofFleet.port());
            zooKeeper.say("");
            Until.true_(() -> site.site().upstream().address().port() == ofFile.port());
            site.balance("");
            Until.true_(() -> site.site().upstream().address().port() == configured.port());
        }
    }

    @Test
    void saysHowItIsWithTheFleet() throws Exception {
        zooKeeper.open("");
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                Cable cable = new Cable(zooKeeper.port());
                TestSite site = site(upstream.port(), cable.address())) {
            Until.true_(() -> !site.gate().isShut());
            Map<?, ?> cluster = cluster(site);
            assertEquals("a", cluster.get("node"));
            assertEquals(true, cluster.get("connected"));
            assertEquals("says: forward to the configured upstream", cluster.get("says"));
            String metrics = get(site, "/.holdfast/metrics");
            assertTrue(metrics.contains("holdfast_cluster_connected{site=\"holdfast\"} 1"), metrics);
            assertTrue(metrics.contains("holdfast_cluster_knowledge_age_seconds{site=\"holdfast\"} "), metrics);
            String version = String.valueOf(Long.parseLong(((String) cluster.get("version")).substring(2), 16));
            assertTrue(metrics.contains("holdfast_cluster_switch_version{site=\"holdfast\"} " + version), metrics);
            assertEquals(true, jmx("ClusterConnected"));
            assertEquals(cluster.get("version"), jmx("ClusterSwitchVersion"));
            String page = get(site, "/.holdfast/");
            assertTrue(page.contains("<dd data-f=\"fleet\">a, connected</dd>"), page);

            cable.cut();

            Until.true_(() -> Boolean.FALSE.equals(cluster(site).get("connected")));
            assertTrue(get(site, "/.holdfast/metrics").contains("holdfast_cluster_connected{site=\"holdfast\"} 0"));
            assertEquals(false, jmx("ClusterConnected"));
            assertTrue(get(site, "/.holdfast/").contains("a, no connection to ZooKeeper"));
        }
    }

    private static Object jmx(String attribute) throws Exception {
        return ManagementFactory.getPlatformMBeanServer()
                .getAttribute(new ObjectName("dev.holdfast:type=Site,context=\"/\",name=\"holdfast\""), attribute);
    }

    private static Map<?, ?> cluster(TestSite site) throws IOException {
        String json = get(site, "/.holdfast/status").strip();
        return (Map<?, ?>) Json.object(json.substring(1, json.length() - 1)).get("cluster");
    }

    private static String get(TestSite site, String path) throws IOException {
        try (Wire client = site.client()) {
            client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            return client.readHead().isEmpty() ? "" : client.readToEnd();
        }
    }

    /** It passed, and before it was sent too much time went by: the process may have been paused. */
    @Test
    void asksOnceMoreBeforeTheFirstByteGoesToTheSite() throws Exception {
        zooKeeper.open("");
        try (ServerSocket upstream = new ServerSocket();
                Cable cable = new Cable(zooKeeper.port());
                TestSite site =
                        site(listen(upstream), cable.address(), "zookeeperAway", "hold", "connectTimeout", "30s");
                Wire client = site.client()) {
            Until.true_(() -> !site.gate().isShut());
            List<Socket> crowd = fill(upstream);
            client.send("GET /late HTTP/1.1\r\nHost: site.example\r\n\r\n");
            Until.true_(() -> site.gate().snapshot().inFlight() == 1);
            cable.cut();
            Until.true_(() -> site.gate().isShut());
            assertEquals(1, site.gate().snapshot().inFlight());

            int requests = accept(upstream, crowd);

            site.awaitHeld(1);
            assertEquals(0, site.gate().snapshot().inFlight());
            assertTrue(site.gate().isDrained());
            assertEquals(0, requests);
            for (Socket each : crowd) {
                each.close();
            }

            cable.plugIn();
            upstream.setSoTimeout(30_000);
            for (String head = ""; head.isEmpty(); ) {
                try (Wire arrived = new Wire(upstream.accept())) {
                    head = arrived.readHead();
                    if (!head.isEmpty()) {
                        assertTrue(head.startsWith("GET /late "), head);
                        arrived.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                    }
                }
            }
            assertTrue(client.readHead().startsWith("HTTP/1.1 200"));
        }
    }

    private static int listen(ServerSocket upstream) throws IOException {
        upstream.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        return upstream.getLocalPort();
    }

    /** Until nobody else gets a connection: the queue of the system is full. */
    private static List<Socket> fill(ServerSocket upstream) throws IOException {
        List<Socket> crowd = new ArrayList<>();
        while (true) {
            Socket socket = new Socket();
            try {
                socket.connect(upstream.getLocalSocketAddress(), 300);
                crowd.add(socket);
            } catch (SocketTimeoutException full) {
                socket.close();
                return crowd;
            }
        }
    }

    /** Returns how many requests came, besides the crowd; when the last connection has ended. */
    private static int accept(ServerSocket upstream, List<Socket> crowd) throws IOException {
        int requests = 0;
        for (int i = 0; i < crowd.size(); i++) {
            upstream.accept().close();
        }
        try (Wire late = new Wire(upstream.accept())) {
            requests += late.readHead().isEmpty() ? 0 : 1;
        } catch (SocketException reset) {
            // Nothing came.
        }
        return requests;
    }

    @Test
    void leavesTheFleetWhenItIsStopped() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream()) {
            TestSite site = site(upstream.port(), zooKeeper.hosts());
            Until.true_(() -> zooKeeper.report("a") != null);
            site.close();
            assertFalse(zooKeeper.isKnown("a"));
            assertEquals(null, zooKeeper.report("a"));
        }
    }
}
