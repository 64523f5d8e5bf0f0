package dev.holdfast.cluster;

import static dev.holdfast.cluster.TestNode.settings;
import static dev.holdfast.cluster.TestNode.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.cluster.NodeReport.State;
import dev.holdfast.config.ClusterSettings.AtStart;
import dev.holdfast.config.ClusterSettings.Away;
import dev.holdfast.config.Ensemble;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import org.apache.zookeeper.KeeperException.NoAuthException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With zookeeperDigest, everything is its owner's. */
@SuppressWarnings("try") // what is only to be there
class ProtectedFleetTest {
    private static final Optional<String> ANNA = Optional.of("anna:secret");

    private ZooKeeperForTests zooKeeper;

    @BeforeEach
    void start() throws Exception {
        zooKeeper = new ZooKeeperForTests();
    }

    @AfterEach
    void stop() throws Exception {
        zooKeeper.close();
    }

    private Fleet fleet(Optional<String> digest) throws Exception {
        return Fleet.connect(Ensemble.parse(zooKeeper.hosts() + "/web"), TestNode.SITE, digest);
    }

    @Test
    void isMovedByWhoeverHasThePasswordAndByNobodyElse() throws Exception {
        try (TestNode node = new TestNode(
                        settings("a", zooKeeper.hosts(), AtStart.HOLD, Away.KEEP, ANNA, Optional.empty()));
                Fleet anna = fleet(ANNA);
                Fleet stranger = fleet(Optional.empty());
                Fleet wrong = fleet(Optional.of("anna:wrong"))) {
            anna.release();
            node.awaitOpen();

            for (Fleet other : List.of(stranger, wrong)) {
                assertTrue(assertThrows(FleetException.class, other::hold)
                        .getMessage()
                        .contains("NoAuth"));
                assertThrows(FleetException.class, other::look);
            }
            for (String path : List.of("", "/switch", "/switch/open", "/nodes", "/nodes/a", "/known", "/known/a")) {
                String full = "/web/shop" + path;
                assertThrows(
                        NoAuthException.class,
                        () -> zooKeeper.operator.getData().forPath(full),
                        full);
                assertThrows(
                        NoAuthException.class,
                        () -> zooKeeper.operator.setData().forPath(full, new byte[0]),
                        full);
            }
            assertThrows(NoAuthException.class, () -> zooKeeper.hold());

            anna.hold();
            until(() -> anna.look().nodes().get(0).report().get().state() == State.DRAINED);
        }
    }

    @Test
    void aNodeWithoutThePasswordHoldsAndSaysWhy() throws Exception {
        try (Fleet anna = fleet(ANNA)) {
            anna.release();
            try (TestNode stranger = new TestNode("b", zooKeeper.hosts())) {
                until(() -> stranger.snapshot().problem().contains("NoAuth"));
                assertTrue(stranger.gate.isShut());
                assertEquals(List.of(), anna.look().nodes());
            }
        }
    }

    /** Everything was to be its creator's, who had not said who he is: nothing was made, and the node held for ever. */
    @ParameterizedTest
    @CsvSource({"Tomcat,", "Client,zookeeper.sasl.client=false", "Client,zookeeper.sasl.clientconfig=Other"})
    void aNodeIsThereThoughItsContainerUsesJaas(String section, String property) throws Exception {
        List<String> properties = new ArrayList<>(List.of("java.security.auth.login.config=jaas.conf"));
        Optional.ofNullable(property).ifPresent(properties::add);
        try (SystemProperties set = new SystemProperties(properties)) {
            Configuration.setConfiguration(new Configuration() {
                @Override
                public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                    return name.equals(section) ? new AppConfigurationEntry[0] : null;
                }
            });
            zooKeeper.open("");
            try (TestNode node = new TestNode("a", zooKeeper.hosts())) {
                node.awaitOpen();
            }
        } finally {
            Configuration.setConfiguration(null);
        }
    }
}
