package dev.holdfast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The deploy script of the README upgrades a site with a database while clients use it, and no client notices. */
@Timeout(240)
class DeployScriptIT {
    private static final int CLIENTS = 20;
    private static final int LONGEST_PAUSE_MILLIS = 80;
    private static final int UPGRADES = 10;

    @TempDir
    Path directory;

    private DatabaseSiteDeploy operator;

    @BeforeEach
    void startSite() throws Exception {
        operator = new DatabaseSiteDeploy(directory);
        operator.startSite();
    }

    @AfterEach
    void stopSite() throws Exception {
        operator.close();
    }

    @Test
    void upgradesTenTimesAndNobodyMeetsTheHalfMigratedSchema() throws Exception {
        operator.writeScript("");
        try (HoldfastProcess holdfast = HoldfastProcess.start(directory, operator.port(), List.of("-Xmx512m"));
                LoadClients load = LoadClients.start(holdfast.port(), CLIENTS, 1, LONGEST_PAUSE_MILLIS)) {
            load.awaitAnswered(5 * CLIENTS);
            for (int upgrade = 1; upgrade <= UPGRADES; upgrade++) {
                Map.Entry<Integer, String> deployed = operator.deploy();
                assertEquals(0, deployed.getKey(), deployed.getValue());
                load.awaitAnswered(2 * CLIENTS);
                assertEquals(List.of(), load.failures());
            }
            load.stop();

            report(load);
            assertEquals(1 + UPGRADES, operator.version());
            assertEquals(List.of(), operator.violations());
            assertEquals(List.of(), load.failures());
            assertEquals(load.sent().size(), load.answered());
            assertEquals(onceEach(load), operator.rows());
        }
    }

    /** What the test above would see, were there no hold. */
    @Test
    void withoutTheHoldTheyDo() throws Exception {
        operator.writeScript("holdfast hold --wait 30s");
        try (HoldfastProcess holdfast = HoldfastProcess.start(directory, operator.port(), List.of("-Xmx512m"));
                LoadClients load = LoadClients.start(holdfast.port(), CLIENTS, 1, LONGEST_PAUSE_MILLIS)) {
            load.awaitAnswered(5 * CLIENTS);
            operator.deploy();
            load.stop();

            report(load);
            assertEquals(2, operator.version());
            assertFalse(operator.violations().isEmpty());
            assertFalse(load.failures().isEmpty());
        }
    }

    private static Map<String, Long> onceEach(LoadClients load) {
        Map<String, Long> once = new HashMap<>();
        load.sent().stream().filter(request -> request.startsWith("POST ")).forEach(post -> once.put(post, 1L));
        return once;
    }

    private void report(LoadClients load) throws Exception {
        Map<String, Long> rows = operator.rows();
        System.out.printf(
                "Deploy script: version %d; %d clients sent %d (%d POST), answered 200 %d, failed %d; at the half-migrated"
                        + " schema %d; rows %d, twice %d%n",
                operator.version(),
                CLIENTS,
                load.sent().size(),
                onceEach(load).size(),
                load.answered(),
                load.failures().size(),
                operator.violations().size(),
                rows.size(),
                rows.values().stream().filter(times -> times > 1).count());
    }
}
