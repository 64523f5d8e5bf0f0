package dev.holdfast.cluster;

import static dev.holdfast.cluster.SwitchUnderTest.HOLD;
import static dev.holdfast.cluster.SwitchUnderTest.OPEN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.config.ClusterSettings.AtStart;
import dev.holdfast.config.ClusterSettings.Away;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That nobody answers is said once, and once that it is over; by one that held nothing was said. */
class SilenceTest {
    private SwitchUnderTest node = new SwitchUnderTest(AtStart.HOLD, Away.KEEP);
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Handler tap = new Handler() {
        @Override
        public void publish(LogRecord line) {
            if (line.getMessage().startsWith("site: ZooKeeper ")) {
                log.add(line.getLevel() + " " + line.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        Logger.getLogger("dev.holdfast").addHandler(tap);
    }

    @AfterEach
    void listenNoMore() {
        Logger.getLogger("dev.holdfast").removeHandler(tap);
    }

    private void assertSaidOnce(String what) {
        node.silence(60_000);
        String line = "ZooKeeper (zk:2181/web) does not answer; requests are " + what;
        assertEquals(List.of("WARNING site: " + line), log);
        assertEquals(line, node.fleet.problem());

        node.answered(9, HOLD);

        assertEquals(List.of("WARNING site: " + line, "INFO site: ZooKeeper answers again"), log);
        assertEquals("", node.fleet.problem());
    }

    @Test
    void whileItForwards() {
        node.answered(1, OPEN);
        assertSaidOnce("still forwarded");
    }

    @Test
    void whileItHolds() {
        node.answered(1, HOLD);
        assertSaidOnce("held until it does");
    }

    @Test
    void whileItIsToHold() {
        node = new SwitchUnderTest(AtStart.HOLD, Away.HOLD);
        node.answered(1, OPEN);
        assertSaidOnce("held until it does");
    }

    @Test
    void fromTheStart() {
        assertSaidOnce("held until it does");
    }

    @Test
    void fromTheStartWhereItIsToStartOpen() {
        node = new SwitchUnderTest(AtStart.OPEN, Away.KEEP);
        assertSaidOnce("forwarded all the same (zookeeperAtStart=open)");
    }
}
