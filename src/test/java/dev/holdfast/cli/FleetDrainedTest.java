package dev.holdfast.cli;

import static dev.holdfast.cli.CommandedFleet.assertExit;
import static dev.holdfast.cli.CommandedFleet.runAt;
import static dev.holdfast.cli.CommandedFleet.until;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.cli.CommandedFleet.Ended;
import dev.holdfast.cluster.Cable;
import dev.holdfast.cluster.TestNode;
import dev.holdfast.cluster.ZooKeeperForTests;
import dev.holdfast.config.ClusterSettings.Away;
import dev.holdfast.gate.Passage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What makes a command say "drained", and nothing else does, whatever becomes of nodes, servers and connections. */
class FleetDrainedTest {
    private CommandedFleet fleet;
    private ZooKeeperForTests zooKeeper;

    @BeforeEach
    void start() throws Exception {
        fleet = new CommandedFleet();
        zooKeeper = fleet.zooKeeper;
    }

    @AfterEach
    void stop() throws Exception {
        fleet.close();
    }

    /** It said "drained", with a request in flight. */
    @Test
    void waitsForANodeThatLivesInSpiteOfWithout() throws Exception {
        zooKeeper.open("");
        TestNode a = fleet.node("a");
        a.awaitOpen();
        Passage last = a.tryPass();

        Ended ended = fleet.run("hold", "--wait", "3s", "--without", "a");

        assertExit(1, ended);
        assertTrue(ended.err().contains("  a: holding, 1 in flight"), ended.err());
        assertTrue(ended.err().contains("; it lives, so it is waited for in spite of --without"), ended.err());
        last.end();
    }

    /** It said "drained" at once, and the node, which was not dead but cut off, forwarded on for up to its zookeeperMaxAge. */
    @Test
    void leavesOutOneThatHoldsByItselfOnlyWhenItsKnowledgeIsTooOld() throws Exception {
        zooKeeper.open("");
        fleet.node("a").awaitOpen();
        zooKeeper.know("gone", Away.HOLD, Duration.ofHours(1));

        Ended early = fleet.run("hold", "--wait", "1s", "--without", "gone");

        assertExit(1, early);
        assertTrue(
                early.err()
                        .contains("  gone: unknown: its session is gone; it may still forward by what it knew: left"
                                + " out when that is too old, 3600.0 s after the hold"),
                early.err());
        assertTrue(zooKeeper.isKnown("gone"));

        zooKeeper.know("gone", Away.HOLD, Duration.ofMillis(300));
        assertExit(0, fleet.run("hold", "--wait", "20s", "--without", "gone"));
        assertFalse(zooKeeper.isKnown("gone"));

        zooKeeper.know("gone", Away.HOLD, Duration.ofHours(1));
        assertExit(0, fleet.run("release", "--wait", "20s", "--without", "gone")); // it may forward
        assertTrue(zooKeeper.isKnown("gone")); // for the next hold
    }

    @Test
    void leavesOutOneThatKeepsOnAtTheOperatorsWord() throws Exception {
        zooKeeper.open("");
        fleet.node("a").awaitOpen();
        zooKeeper.know("gone", Away.KEEP, Duration.ofHours(1));
        assertExit(0, fleet.run("hold", "--wait", "20s", "--without", "gone"));
    }

    /** The name was left out until the command ended, whoever had it. */
    @Test
    void countsOneThatComesBackAfterItWasLeftOut() throws Exception {
        zooKeeper.open("");
        TestNode a = fleet.node("a");
        a.awaitOpen();
        Passage last = a.tryPass();
        zooKeeper.know("gone", Away.KEEP, Duration.ofSeconds(2));
        CompletableFuture<Ended> hold =
                CompletableFuture.supplyAsync(() -> fleet.run("hold", "--wait", "30s", "--without", "gone"));
        until(() -> !zooKeeper.isKnown("gone"));

        fleet.node("gone");
        last.end();

        Ended ended = hold.get(30, TimeUnit.SECONDS);
        assertExit(0, ended);
        assertTrue(ended.out().contains("gone is left out; should it come back, it counts again"), ended.out());
        assertTrue(ended.out().contains(": 2 nodes, "), ended.out());
    }

    /**
     * A leader that is cut off from the other servers answers on, though those have another one, and somebody has released with
     * that: it said that the switch was absent already, and that all were drained.
     */
    @Test
    void believesNoServerThatGetsNothingAgreedOn() throws Exception {
        zooKeeper.open("");
        TestNode a = fleet.node("a");
        a.awaitOpen();
        assertExit(0, fleet.run("hold", "--wait", "20s"));
        try (Cable cable = new Cable(zooKeeper.port())) {
            cable.loseNext(Cable.First.CHECK, false, () -> {
                zooKeeper.open("");
                a.awaitOpen();
                return null;
            });

            Ended ended = runAt(cable.address() + "/web", "hold", "--wait", "20s");

            assertExit(0, ended);
            assertTrue(ended.out().contains(" is removed"), ended.out());
            assertTrue(a.gate.isDrained());
        }
    }

    /** What is asked again since its answer was lost must not undo what somebody else did meanwhile. */
    @Nested
    class IsMovedOnce {
        @Test
        void byARelease() throws Exception {
            zooKeeper.open("");
            fleet.node("a").awaitOpen();
            assertExit(0, fleet.run("hold", "--wait", "20s"));
            try (Cable cable = new Cable(zooKeeper.port())) {
                cable.loseNext(Cable.First.SET_DATA, true, () -> {
                    until(zooKeeper::isOpen);
                    zooKeeper.hold();
                    return null;
                });

                Ended ended = runAt(cable.address() + "/web", "release", "--wait", "20s");

                assertExit(2, ended);
                assertFalse(zooKeeper.isOpen());
            }
        }

        @Test
        void byAHold() throws Exception {
            zooKeeper.open("");
            fleet.node("a").awaitOpen();
            try (Cable cable = new Cable(zooKeeper.port())) {
                cable.loseNext(Cable.First.SET_DATA, true, () -> {
                    until(() -> !zooKeeper.isOpen());
                    zooKeeper.open("");
                    return null;
                });

                Ended ended = runAt(cable.address() + "/web", "hold", "--wait", "20s");

                assertExit(2, ended);
                assertTrue(zooKeeper.isOpen());
            }
        }
    }
}
