package dev.holdfast.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.cluster.TestNode;
import dev.holdfast.cluster.ZooKeeperForTests;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Real nodes at a real ZooKeeper, in this JVM, and the commands of their operator. */
final class CommandedFleet implements AutoCloseable {
    final ZooKeeperForTests zooKeeper = new ZooKeeperForTests();
    private final List<TestNode> nodes = new ArrayList<>();

    /** What a command came to. */
    record Ended(int exit, String out, String err) {}

    CommandedFleet() throws Exception {}

    TestNode node(String name) {
        return node(name, zooKeeper.hosts());
    }

    TestNode node(String name, String hosts) {
        TestNode node = new TestNode(name, hosts);
        nodes.add(node);
        until(() -> zooKeeper.report(name) != null);
        return node;
    }

    Ended run(String... args) {
        return runAt(zooKeeper.hosts() + "/web", args);
    }

    static Ended runAt(String ensemble, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(Stream.concat(
                                Stream.of(args), Stream.of("--zookeeper", ensemble, "--zookeeper-site", TestNode.SITE))
                        .toArray(String[]::new));
        return new Ended(exit, out.toString(), err.toString());
    }

    static void assertExit(int exit, Ended ended) {
        assertEquals(exit, ended.exit(), ended.toString());
    }

    static void until(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(30)).until(condition);
    }

    @Override
    public void close() throws IOException {
        nodes.forEach(TestNode::close);
        zooKeeper.close();
    }
}
