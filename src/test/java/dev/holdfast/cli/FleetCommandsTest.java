package dev.holdfast.cli;

import static dev.holdfast.cli.CommandedFleet.assertExit;
import static dev.holdfast.cli.CommandedFleet.runAt;
import static dev.holdfast.cli.CommandedFleet.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.cli.CommandedFleet.Ended;
import dev.holdfast.cluster.Cable;
import dev.holdfast.cluster.TestNode;
import dev.holdfast.cluster.ZooKeeperForTests;
import dev.holdfast.config.Json;
import dev.holdfast.gate.Passage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What the commands do to a fleet, and what they say of it; with real nodes and a real ZooKeeper, in this JVM. */
class FleetCommandsTest {
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

    @Nested
    class Hold {
        @Test
        void isDrainedWhenEveryNodeIs() throws Exception {
            zooKeeper.open("");
            TestNode a = fleet.node("a");
            TestNode b = fleet.node("b");
            a.awaitOpen();
            b.awaitOpen();

            Ended ended = fleet.run("hold", "--wait", "20s");

            assertExit(0, ended);
            assertTrue(a.gate.isDrained() && b.gate.isDrained());
            assertTrue(
                    ended.out().contains("/web/shop/switch/open at " + zooKeeper.hosts() + " is removed"), ended.out());
            assertTrue(
                    ended.out().matches("(?s).*drained after \\d+\\.\\d s: 2 nodes, 0 in flight, 0 held\\s+"),
                    ended.out());
            assertEquals("", ended.err());
        }

        @Test
        void waitsForTheLastInFlightAndNamesItsNode() throws Exception {
            zooKeeper.open("");
            TestNode a = fleet.node("a");
            fleet.node("b");
            a.awaitOpen();
            Passage last = a.tryPass();

            Ended ended = fleet.run("hold", "--wait", "2s");

            assertExit(1, ended);
            assertTrue(ended.err().contains("1 of 2 nodes missing:"), ended.err());
            assertTrue(
                    ended.err().contains("  a: holding, 1 in flight, 0 streams, 0 held; the fleet's switch"),
                    ended.err());

            CompletableFuture<Ended> again = CompletableFuture.supplyAsync(() -> fleet.run("wait", "drained"));
            last.end();
            assertExit(0, again.get(30, TimeUnit.SECONDS));
        }

        @Test
        void withoutWaitReturnsWhenEveryGateIsClosed() throws Exception {
            zooKeeper.open("");
            TestNode a = fleet.node("a");
            a.awaitOpen();
            Passage last = a.tryPass();

            assertExit(0, fleet.run("hold"));

            assertTrue(a.gate.isShut());
            assertFalse(a.gate.isDrained());
            last.end();
        }

        @Test
        void neverCountsANodeAsDrainedThatHasVanished() throws Exception {
            zooKeeper.open("");
            try (Cable cable = new Cable(zooKeeper.port())) {
                fleet.node("a");
                TestNode gone = fleet.node("gone", cable.address());
                gone.awaitOpen();
                cable.cut();

                Ended soon = fleet.run("hold", "--wait", "200ms"); // its session may still be there
                until(() -> zooKeeper.report("gone") == null);
                Ended later = fleet.run("hold", "--wait", "1s");

                assertExit(1, soon);
                assertExit(1, later);
                assertTrue(
                        later.err()
                                .contains("  gone: unknown: its session is gone; if that machine is dead, leave it out"
                                        + " with --without gone"),
                        later.err());

                Ended without = fleet.run("hold", "--wait", "20s", "--without", "gone");

                assertExit(0, without);
                assertFalse(zooKeeper.isKnown("gone"));
                assertExit(0, fleet.run("wait", "drained"));
            }
        }

        @Test
        void takesAWrongNameForNoFleet() throws Exception {
            Ended never = fleet.run("hold");
            assertExit(3, never);
            assertTrue(never.err().contains("no Holdfast has this --zookeeper and --zookeeper-site"), never.err());

            zooKeeper.open("");
            Ended nobody = fleet.run("hold", "--wait", "500ms");
            assertExit(3, nobody);
            assertTrue(nobody.err().contains("no Holdfast is registered"), nobody.err());
        }

        @Test
        void saysThatSomebodyReleasedMeanwhile() throws Exception {
            zooKeeper.open("");
            TestNode a = fleet.node("a");
            a.awaitOpen();
            Passage last = a.tryPass();
            CompletableFuture<Ended> hold = CompletableFuture.supplyAsync(() -> fleet.run("hold", "--wait", "30s"));
            a.awaitShut();
            zooKeeper.open("");
            Ended ended = hold.get(30, TimeUnit.SECONDS);
            assertExit(2, ended);
            assertTrue(ended.err().contains("somebody else moved"), ended.err());
            last.end();
        }

        @Test
        void isNotDrainedByAnEarlierHold() throws Exception {
            zooKeeper.open("");
            try (Cable cable = new Cable(zooKeeper.port())) {
                TestNode a = fleet.node("a", cable.address());
                a.awaitOpen();
                assertExit(0, fleet.run("hold", "--wait", "20s"));
                cable.cut(); // what it says now, it said of that hold
                zooKeeper.open("");
                Ended again = fleet.run("hold", "--wait", "200ms");
                assertExit(1, again);
            }
        }
    }

    @Nested
    class Release {
        @Test
        void opensEveryNodeAndSaysWhatWasSaidBeforeTheHold() throws Exception {
            zooKeeper.open("http://blue.example:2000");
            TestNode a = fleet.node("a");
            TestNode b = fleet.node("b");
            a.awaitOpen();
            assertExit(0, fleet.run("hold", "--wait"));

            Ended ended = fleet.run("release", "--wait", "20s");

            assertExit(0, ended);
            assertFalse(a.gate.isShut() || b.gate.isShut());
            assertTrue(ended.out().contains("says: forward to http://blue.example:2000"), ended.out());
            until(() -> b.upstreams.get(b.upstreams.size() - 1).equals("http://blue.example:2000"));
        }

        @Test
        void makesTheSwitchOfANewFleet() throws Exception {
            TestNode a = fleet.node("a");
            assertExit(0, fleet.run("release", "--to", "http://green.example:2000", "--wait"));
            assertEquals("http://green.example:2000", a.upstreams.get(a.upstreams.size() - 1));
            assertExit(0, fleet.run("release", "--wait"));
            assertExit(0, fleet.run("wait", "open"));
        }

        @Test
        void comesBackFromARefusal() throws Exception {
            zooKeeper.open("http://blue.example:2000");
            TestNode a = fleet.node("a");
            assertExit(0, fleet.run("refuse", "Closed until Monday."));
            until(() -> a.gate.snapshot().closures().stream()
                    .anyMatch(each -> each.detail().equals("Closed until Monday.")));
            Ended ended = fleet.run("release", "--wait");
            assertExit(0, ended);
            assertTrue(ended.out().contains("says: forward to http://blue.example:2000"), ended.out());
        }
    }

    @Nested
    class Status {
        @Test
        void saysHowEveryNodeIs() throws Exception {
            zooKeeper.open("");
            fleet.node("a").awaitOpen();
            until(() -> fleet.run("status").out().contains("\n  a: open, 0 in flight, 0 streams, 0 held"));
            Ended json = fleet.run("status", "--json");
            assertExit(0, json);
            Map<?, ?> status = Json.object(json.out());
            assertEquals("says: forward to the configured upstream", status.get("says"));
            Map<?, ?> a = (Map<?, ?>) ((List<?>) status.get("nodes")).get(0);
            assertEquals("a", a.get("name"));
            assertEquals("open", a.get("state"));
            assertEquals(status.get("version"), a.get("version"));
        }

        @Test
        void saysThatThereIsNoSuchFleet() {
            assertExit(3, fleet.run("status"));
        }
    }

    @Test
    void saysThatNoZooKeeperAnswers() throws Exception {
        zooKeeper.close();
        Ended ended = fleet.run("hold", "--wait");
        assertExit(3, ended);
        assertEquals("holdfast: no ZooKeeper answers at " + zooKeeper.hosts() + System.lineSeparator(), ended.err());
    }

    @Test
    void saysWhatIsWrongWithTheAddress() {
        Ended ended = runAt("zk1,zk2", "hold");
        assertExit(3, ended);
        assertTrue(ended.err().contains("\"zk1,zk2\" is not allowed; allowed is hosts with ports"), ended.err());
    }
}
