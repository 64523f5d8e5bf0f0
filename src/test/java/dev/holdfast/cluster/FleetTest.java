package dev.holdfast.cluster;

import static dev.holdfast.cluster.TestNode.until;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.ClusterSettings.Away;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // what is only to be there
class FleetTest {
    private ZooKeeperForTests zooKeeper;

    @BeforeEach
    void start() throws Exception {
        zooKeeper = new ZooKeeperForTests();
    }

    @AfterEach
    void stop() throws Exception {
        zooKeeper.close();
    }

    /**
     * T1 (the command) sees that the node does not live, T2 (the node) registers anew, T1 makes it unknown: nobody would have missed it
     * when it was cut off the next time.
     */
    @Test
    void forgetsNobodyWhoHasComeBackSince() throws Exception {
        zooKeeper.know("a", Away.KEEP, Duration.ofSeconds(2));
        try (Fleet fleet = zooKeeper.fleet()) {
            NodeView gone = fleet.look().nodes().get(0);
            assertFalse(gone.lives());
            try (TestNode node = new TestNode("a", zooKeeper.hosts())) {
                until(() -> zooKeeper.knownVersion("a") > gone.knownVersion());

                assertFalse(fleet.forget(gone));

                assertTrue(zooKeeper.isKnown("a"));
            }
        }
    }
}
