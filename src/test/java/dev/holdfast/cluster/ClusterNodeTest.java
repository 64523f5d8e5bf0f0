package dev.holdfast.cluster;

import static dev.holdfast.cluster.TestNode.settings;
import static dev.holdfast.cluster.TestNode.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.cluster.NodeReport.State;
import dev.holdfast.config.ClusterSettings.AtStart;
import dev.holdfast.config.ClusterSettings.Away;
import dev.holdfast.gate.Passage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // what is only to be there
class ClusterNodeTest {
    private ZooKeeperForTests zooKeeper;

    @BeforeEach
    void start() throws Exception {
        zooKeeper = new ZooKeeperForTests();
    }

    @AfterEach
    void stop() throws Exception {
        zooKeeper.close();
    }

    private TestNode node(String name) {
        return new TestNode(name, zooKeeper.hosts());
    }

    private long version() throws Exception {
        try (Fleet fleet = zooKeeper.fleet()) {
            return fleet.read().version();
        }
    }

    @Nested
    class TheSwitch {
        @Test
        void opensTheGateWhenItIsThereAndClosesItWhenItIsNot() throws Exception {
            try (TestNode node = node("a")) {
                until(() -> zooKeeper.report("a") != null);
                assertNull(node.tryPass());

                zooKeeper.open("");
                node.awaitOpen();
                assertNotNull(node.tryPass());

                zooKeeper.hold();
                node.awaitShut();
                assertTrue(node.reason().contains("/web/shop/switch/open"), node.reason());
                until(() -> node.upstreams.size() >= 3);
                int all = node.upstreams.size();
                assertEquals(List.of("none", "configured", "none"), node.upstreams.subList(all - 3, all));
            }
        }

        @Test
        void saysWhereRequestsGo() throws Exception {
            zooKeeper.open("http://blue.example:2000");
            try (TestNode node = node("a")) {
                node.awaitOpen();
                zooKeeper.say("http://green.example:2000\n");
                until(() -> node.upstreams.equals(List.of("http://blue.example:2000", "http://green.example:2000")));
            }
        }

        @Test
        void holdsWhatItDoesNotUnderstandAndSaysWhy() throws Exception {
            zooKeeper.open("");
            try (TestNode node = node("a")) {
                node.awaitOpen();
                zooKeeper.say("htp://blue.example");
                node.awaitShut();
                assertTrue(node.reason().contains("is malformed, so requests are held"), node.reason());

                zooKeeper.say("");
                node.awaitOpen();
            }
        }

        @Test
        void turnsEverybodyAwayWhereItSaysRefuse() throws Exception {
            zooKeeper.open("refuse Back at noon.");
            try (TestNode node = node("a")) {
                until(() -> node.gate.snapshot().closures().stream()
                        .anyMatch(each -> each.refusing() && each.detail().equals("Back at noon.")));
            }
        }
    }

    @Nested
    class TheReport {
        @Test
        void saysDrainedOfThisHoldWhenNothingIsInFlight() throws Exception {
            zooKeeper.open("");
            try (TestNode node = node("a")) {
                node.awaitOpen();
                Passage passage = node.tryPass();
                zooKeeper.hold();
                long hold = version();
                until(() -> zooKeeper.report("a").version() == hold);
                assertEquals(State.HOLDING, zooKeeper.report("a").state());
                assertEquals(1, zooKeeper.report("a").inFlight());

                passage.end();

                until(() -> zooKeeper.report("a").state() == State.DRAINED);
                assertEquals(hold, zooKeeper.report("a").version());
            }
        }

        @Test
        void saysOpenOfThisRelease() throws Exception {
            try (TestNode node = node("a")) {
                until(() ->
                        zooKeeper.report("a") != null && zooKeeper.report("a").state() == State.DRAINED);
                zooKeeper.open("");
                until(() -> zooKeeper.report("a").state() == State.OPEN);
                assertEquals(version(), zooKeeper.report("a").version());
            }
        }

        @Test
        void isMadeAgainWhereSomebodyRemovesIt() throws Exception {
            try (TestNode node = node("a")) {
                until(() -> zooKeeper.report("a") != null);
                zooKeeper.operator.delete().forPath("/web/shop/known/a");
                zooKeeper.operator.delete().forPath("/web/shop/nodes/a");
                zooKeeper.open("");
                node.awaitOpen();
                until(() -> zooKeeper.report("a") != null && zooKeeper.isKnown("a"));
            }
        }
    }

    @Nested
    class ComingAndGoing {
        @Test
        void whoJoinsDuringAHoldStartsClosed() throws Exception {
            zooKeeper.open("");
            zooKeeper.hold();
            long hold = version();
            try (TestNode node = node("late")) {
                until(() -> zooKeeper.report("late") != null
                        && zooKeeper.report("late").version() == hold
                        && zooKeeper.report("late").state() == State.DRAINED);
                assertEquals(List.of("none"), node.upstreams);
            }
        }

        @Test
        void whoSaysGoodbyeIsNotMissed() throws Exception {
            TestNode node = node("a");
            until(() -> zooKeeper.report("a") != null && zooKeeper.isKnown("a"));
            node.close();
            assertNull(zooKeeper.report("a"));
            assertFalse(zooKeeper.isKnown("a"));
        }

        @Test
        void whoVanishesStaysKnown() throws Exception {
            try (Cable cable = new Cable(zooKeeper.server.getPort());
                    TestNode node = new TestNode("a", cable.address())) {
                until(() -> zooKeeper.report("a") != null);
                cable.cut();
                until(() -> zooKeeper.report("a") == null);
                assertTrue(zooKeeper.isKnown("a"));
                assertFalse(node.snapshot().connected());
            }
        }

        @Test
        void whoComesBackTakesItsPlaceWhenTheSessionOfTheOneBeforeHasEnded() throws Exception {
            zooKeeper.open("");
            NodeReport before = new NodeReport("another process", State.OPEN, 0, 0, 0, 1, "");
            zooKeeper
                    .operator
                    .create()
                    .creatingParentsIfNeeded()
                    .withMode(CreateMode.EPHEMERAL)
                    .forPath("/web/shop/nodes/a", before.toJson());
            try (TestNode node = node("a")) {
                until(() -> node.snapshot().problem().contains("another process of this name"));
                assertNull(node.tryPass());

                zooKeeper.operator.delete().forPath("/web/shop/nodes/a"); // as the end of that session does

                node.awaitOpen();
                assertEquals("", node.snapshot().problem());
                assertFalse(zooKeeper.report("a").process().equals("another process"));
            }
        }

        @Test
        void endsAllItsThreads() throws Exception {
            Thread[] before = threads();
            TestNode node = node("a");
            until(() -> zooKeeper.report("a") != null);
            node.close();
            until(() -> List.of(before).containsAll(List.of(threads())));
        }

        @Test
        void endsAllItsThreadsThoughNobodyAnswers() throws Exception {
            Thread[] before = threads();
            Cable cable = new Cable(zooKeeper.server.getPort());
            cable.cut();
            TestNode node = new TestNode("a", cable.address());
            node.close();
            until(() -> List.of(before).containsAll(List.of(threads())));
        }

        /** Of the server's, those that come and go with its clients do not count. */
        private Thread[] threads() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().matches("(?i).*(holdfast|curator|SendThread|EventThread).*"))
                    .toArray(Thread[]::new);
        }
    }

    @Nested
    class WithoutZooKeeper {
        @Test
        void keepsOnAndTakesTheSwitchBeforeAnythingElseOnReturn() throws Exception {
            zooKeeper.open("");
            try (Cable cable = new Cable(zooKeeper.server.getPort());
                    TestNode node = new TestNode("a", cable.address())) {
                node.awaitOpen();
                cable.cut();
                until(() -> zooKeeper.report("a") == null);
                zooKeeper.hold();
                until(() -> node.snapshot().age().toMillis() > 5000); // two and a half maxAge
                Passage passage = node.tryPass();
                assertNotNull(passage, node.reason());
                passage.end();

                cable.plugIn();

                node.awaitShut();
                until(() ->
                        zooKeeper.report("a") != null && zooKeeper.report("a").state() == State.DRAINED);
                assertEquals(version(), zooKeeper.report("a").version());
            }
        }

        @Test
        void holdsWhenItsKnowledgeIsTooOldWhereItIsToHold() throws Exception {
            zooKeeper.open("");
            try (Cable cable = new Cable(zooKeeper.server.getPort());
                    TestNode node = new TestNode(settings("a", cable.address(), AtStart.HOLD, Away.HOLD))) {
                node.awaitOpen();
                cable.cut();
                node.awaitShut();
                assertTrue(node.reason().contains("has to be read again first"), node.reason());
                assertNull(node.tryPass());

                cable.plugIn();
                node.awaitOpen();
            }
        }

        @Test
        void staysClosedWhenTheSessionIsLostDuringAHold() throws Exception {
            zooKeeper.open("");
            zooKeeper.hold();
            try (Cable cable = new Cable(zooKeeper.server.getPort());
                    TestNode node = new TestNode("a", cable.address())) {
                until(() -> zooKeeper.report("a") != null);
                cable.cut();
                until(() -> zooKeeper.report("a") == null);
                until(() -> node.snapshot().age().toMillis() > 6000);
                assertNull(node.tryPass());
            }
        }

        @Test
        void startsClosed() throws Exception {
            try (Cable cable = new Cable(zooKeeper.server.getPort())) {
                cable.cut();
                zooKeeper.open("");
                try (TestNode node = new TestNode("a", cable.address())) {
                    until(() -> node.snapshot().age().toMillis() > 4000);
                    assertNull(node.tryPass());
                    assertTrue(node.reason().contains("has not been read yet"), node.reason());

                    cable.plugIn();
                    node.awaitOpen();
                }
            }
        }

        @Test
        void startsOpenWhereItIsToAndTakesTheSwitchWhenItComes() throws Exception {
            try (Cable cable = new Cable(zooKeeper.server.getPort())) {
                cable.cut();
                zooKeeper.open("");
                zooKeeper.hold();
                try (TestNode node = new TestNode(settings("a", cable.address(), AtStart.OPEN, Away.KEEP))) {
                    assertNull(node.tryPass()); // it asks first
                    node.awaitOpen();
                    assertEquals(List.of("configured"), node.upstreams);

                    cable.plugIn();
                    node.awaitShut();
                    until(() -> node.upstreams.equals(List.of("configured", "none")));
                }
            }
        }

        @Test
        void asksTheSwitchFirstThoughItIsToStartOpen() throws Exception {
            zooKeeper.open("");
            zooKeeper.hold();
            try (TestNode node = new TestNode(settings("a", zooKeeper.hosts(), AtStart.OPEN, Away.KEEP))) {
                until(() ->
                        zooKeeper.report("a") != null && zooKeeper.report("a").state() == State.DRAINED);
                until(() -> node.snapshot().says().equals("is absent"));
                assertEquals(List.of("none"), node.upstreams);
            }
        }

        @Test
        void followsTheSwitchAfterTheServerWasStartedAnew() throws Exception {
            zooKeeper.open("");
            try (TestNode node = node("a")) {
                node.awaitOpen();
                zooKeeper.server.restart();
                until(() -> zooKeeper.report("a") != null && node.snapshot().connected());
                zooKeeper.hold();
                node.awaitShut();
            }
        }
    }

    @Test
    void isThereAgainWithANewSessionWhenItsOwnHasExpired() throws Exception {
        zooKeeper.open("");
        try (Cable cable = new Cable(zooKeeper.server.getPort());
                TestNode node = new TestNode("a", cable.address())) {
            node.awaitOpen();
            long before = owner();
            cable.cut();
            until(() -> zooKeeper.report("a") == null);
            cable.plugIn();
            until(() -> zooKeeper.report("a") != null && owner() != before);
            zooKeeper.hold();
            node.awaitShut();
            until(() -> zooKeeper.report("a").state() == State.DRAINED);
        }
    }

    @Test
    void holdsWhereItsSessionIsNotLongerThanItsKnowledgeCounts() throws Exception {
        try (ZooKeeperForTests hasty = new ZooKeeperForTests(Map.of("maxSessionTimeout", "2000"))) {
            hasty.open("");
            try (TestNode node = new TestNode("a", hasty.hosts())) {
                until(
                        () -> node.snapshot()
                                .problem()
                                .equals(
                                        "the session that ZooKeeper grants, 2.0 s, has to be longer than zookeeperMaxAge, 2.0 s"));
                assertNull(node.tryPass());
            }
        }
    }

    /** It looked for what is to be asked so seldom that each time nobody seemed to have answered. */
    @Test
    void asksInTimeThoughItsKnowledgeDoesNotCountForLong() throws Exception {
        zooKeeper.open("");
        List<Long> asked = new ArrayList<>();
        try (TestNode node = new TestNode(settings("a", zooKeeper.hosts(), Duration.ofMillis(800)))) {
            node.awaitOpen();
            until(() -> {
                long last = System.nanoTime() - node.snapshot().age().toNanos();
                if (asked.isEmpty() || last - asked.get(asked.size() - 1) > 50_000_000) {
                    asked.add(last);
                }
                return asked.size() > 20;
            });
        }
        List<Long> pauses = IntStream.range(1, asked.size())
                .mapToObj(i -> asked.get(i) - asked.get(i - 1))
                .sorted()
                .toList();
        assertTrue(pauses.get(pauses.size() / 2) < 400_000_000, pauses::toString); // as a rule: a machine may be busy
    }

    private long owner() throws Exception {
        var stat = zooKeeper.operator.checkExists().forPath("/web/shop/nodes/a");
        return stat == null ? 0 : stat.getEphemeralOwner();
    }

    @Test
    void releasesItsPartOfWhatTheFleetMay() throws Exception {
        try (TestNode first = part("a");
                TestNode second = part("b")) {
            first.hold(20);
            second.hold(20);
            until(() -> zooKeeper.report("a") != null && zooKeeper.report("b") != null);
            first.awaitCounted();
            second.awaitCounted();
            zooKeeper.open("");
            until(() -> first.released.size() + second.released.size() >= 10);
            assertEquals(5, first.released.size());
            assertEquals(5, second.released.size());

            second.stop();
            until(() -> first.released.size() == 10);
        }
    }

    private TestNode part(String name) {
        return new TestNode(
                settings(name, zooKeeper.hosts(), AtStart.HOLD, Away.KEEP, Optional.empty(), Optional.of(10)));
    }
}
