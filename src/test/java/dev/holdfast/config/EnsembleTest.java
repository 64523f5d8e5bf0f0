package dev.holdfast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnsembleTest {
    @Test
    void hasHostsAndAPath() {
        assertEquals(new Ensemble("zk1:2181,zk2:2181", "/web/shops"), Ensemble.parse("zk1:2181,zk2:2181/web/shops"));
        assertEquals(new Ensemble("10.0.0.7:2181", ""), Ensemble.parse("10.0.0.7:2181"));
        assertEquals(new Ensemble("[::1]:2181", ""), Ensemble.parse("[::1]:2181/"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "zk1",
                "zk1,zk2:2181",
                "zk1:2181,",
                ",zk1:2181",
                "zk1:2181//web",
                "zk1:2181/web/",
                "zk1:2181/../x",
                "zk1:2181/zookeeper",
                "zk1:2181/a b",
                "http://zk1:2181",
                "/web",
                "zk1:x"
            })
    void isNothingElse(String value) {
        var refused = assertThrows(IllegalArgumentException.class, () -> Ensemble.parse(value));
        assertTrue(refused.getMessage().contains("\"" + value + "\" is not allowed"), refused.getMessage());
    }

    @Nested
    class OfASite {
        private final Map<String, String> params = new HashMap<>(Map.of("zookeeper", "zk1:2181/web"));

        private Optional<ClusterSettings> load() {
            return SettingsLoader.load("shop", params, Map.of(), Path.of("/srv"))
                    .cluster();
        }

        private String refusal() {
            return assertThrows(SettingsException.class, this::load).getMessage();
        }

        @Test
        void isThereOnlyWhereItIsWanted() {
            params.clear();
            assertEquals(Optional.empty(), load());
        }

        @Test
        void hasDefaults() {
            ClusterSettings cluster = load().get();
            assertEquals("shop", cluster.site());
            assertTrue(cluster.node().endsWith(":srv:balance"), cluster.node());
            assertEquals(ClusterSettings.AtStart.HOLD, cluster.atStart());
            assertEquals(ClusterSettings.Away.KEEP, cluster.away());
            assertEquals(Duration.ofSeconds(3), cluster.maxAge());
            assertEquals(Duration.ofSeconds(10), cluster.session());
        }

        @Test
        void nodesOfOneMachineHaveNamesOfTheirOwn() {
            String one = load().get().node();
            params.put("balanceFile", "other");
            assertNotEquals(one, load().get().node());
            params.put("balanceFile", "x".repeat(250));
            String longest = load().get().node();
            params.put("balanceFile", "x".repeat(251));
            assertNotEquals(longest, load().get().node());
            assertTrue(longest.length() <= 200);
        }

        @Test
        void doesNotStartOpenWhereItIsToHoldWithoutZooKeeper() {
            params.put("zookeeperAtStart", "open");
            params.put("zookeeperAway", "hold");
            String refusal = refusal();
            assertTrue(
                    refusal.contains("zookeeperAtStart: \"open\" is not allowed; allowed is hold where zookeeperAway"),
                    refusal);
        }

        /** Who was paused for longer than its session counted as gone, and forwarded when it woke up. */
        @Test
        void hasASessionThatIsLongerThanItsKnowledgeCounts() {
            params.put("zookeeperSession", "3s");
            String refusal = refusal();
            assertTrue(
                    refusal.contains("zookeeperSession: \"3.0 s\" is not allowed; allowed is what is longer than"
                            + " zookeeperMaxAge, 3.0 s"),
                    refusal);
        }

        @Test
        void doesNotShowThePassword() {
            params.put("zookeeperDigest", "verysecret");
            assertFalse(refusal().contains("verysecret"), refusal());
            assertTrue(refusal().contains("user, colon and password"), refusal());

            params.put("zookeeperDigest", "anna:verysecret");
            assertFalse(load().toString().contains("verysecret"));
        }

        @Test
        void aTotalIsForSeveralNodes() {
            params.clear();
            params.put("releaseConcurrencyTotal", "100");
            assertTrue(
                    refusal().contains("releaseConcurrencyTotal is for several nodes: it needs zookeeper"), refusal());
        }
    }
}
