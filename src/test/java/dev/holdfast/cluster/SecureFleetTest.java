package dev.holdfast.cluster;

import static dev.holdfast.cluster.TestNode.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.cluster.NodeReport.State;
import dev.holdfast.config.Ensemble;
import dev.holdfast.web.TestCertificates;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.security.auth.login.Configuration;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.auth.ProviderRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over TLS, and with SASL: as ZooKeeper's client has it, by its system properties. */
@SuppressWarnings("try") // what is only to be there
class SecureFleetTest {
    @TempDir
    Path directory;

    private static Fleet fleet(String hosts) throws Exception {
        return Fleet.connect(Ensemble.parse(hosts + "/web"), TestNode.SITE, Optional.empty());
    }

    private static void assertMoves(Fleet fleet, TestNode node) throws Exception {
        fleet.release();
        node.awaitOpen();
        fleet.hold();
        until(() -> fleet.look().nodes().get(0).report().get().state() == State.DRAINED);
    }

    @Test
    void isMovedOverTls() throws Exception {
        TestCertificates certificates = new TestCertificates(directory);
        Path key = certificates.key("zookeeper", "dns:localhost,ip:127.0.0.1");
        try (SystemProperties set = new SystemProperties(List.of(
                "zookeeper.ssl.keyStore.location=" + key,
                "zookeeper.ssl.keyStore.password=" + TestCertificates.PASSWORD,
                "zookeeper.ssl.trustStore.location=" + certificates.trust(key, "PKCS12"),
                "zookeeper.ssl.trustStore.type=PKCS12",
                "zookeeper.ssl.trustStore.password=" + TestCertificates.PASSWORD,
                "zookeeper.ssl.clientAuth=none",
                "zookeeper.serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
                "zookeeper.client.secure=true",
                "zookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty"))) {
            ServerCnxnFactory onlyTls = ServerCnxnFactory.createFactory();
            onlyTls.configure(new InetSocketAddress("127.0.0.1", 0), 100, -1, true);
            try {
                onlyTls.startup(new ZooKeeperServer(directory.toFile(), directory.toFile(), 500));
                String hosts = "127.0.0.1:" + onlyTls.getLocalPort();
                try (TestNode node = new TestNode("a", hosts);
                        Fleet fleet = fleet(hosts)) {
                    assertMoves(fleet, node);
                }
            } finally {
                onlyTls.shutdown();
            }
        }
    }

    @Test
    void isMovedByWhoLogsInWithSaslAndByNobodyElse() throws Exception {
        String login = "{ org.apache.zookeeper.server.auth.DigestLoginModule required %s; };%n";
        Path jaas = Files.writeString(
                directory.resolve("jaas.conf"),
                "Server " + login.formatted("user_anna=\"secret\"") + "Client "
                        + login.formatted("username=\"anna\" password=\"secret\""));
        try (SystemProperties set = new SystemProperties(List.of(
                "java.security.auth.login.config=" + jaas,
                "zookeeper.fips-mode=false", // which has no DIGEST-MD5
                "zookeeper.authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider"))) {
            Configuration.setConfiguration(null); // read anew
            ProviderRegistry.reset();
            try (ZooKeeperForTests zooKeeper = new ZooKeeperForTests();
                    TestNode node = new TestNode("a", zooKeeper.hosts());
                    Fleet anna = fleet(zooKeeper.hosts())) {
                assertMoves(anna, node);
                assertEquals(
                        "sasl",
                        zooKeeper
                                .operator
                                .getACL()
                                .forPath("/web/shop/switch")
                                .get(0)
                                .getId()
                                .getScheme());
                try (SystemProperties nobody = new SystemProperties(List.of("zookeeper.sasl.client=false"));
                        Fleet stranger = fleet(zooKeeper.hosts())) {
                    assertTrue(assertThrows(FleetException.class, stranger::release)
                            .getMessage()
                            .contains("NoAuth"));
                }
            }
        } finally {
            Configuration.setConfiguration(null);
            ProviderRegistry.reset();
        }
    }
}
