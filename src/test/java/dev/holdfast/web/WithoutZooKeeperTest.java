package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever does not use it is not burdened with it. */
class WithoutZooKeeperTest {
    @TempDir
    Path directory;

    /** A whole life of a Holdfast: a request, a hold, a status, the end. */
    public static void main(String[] args) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.before(upstream.port(), List.of(args).toArray(String[]::new))) {
            if (args.length == 0) {
                try (Wire client = site.client()) {
                    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
                    try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                        arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                        client.readHead();
                    }
                    client.send("GET /.holdfast/metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
                    client.readToEnd();
                }
                site.hold();
            }
        }
    }

    private List<String> loaded(String... args) throws IOException, InterruptedException {
        Path log = directory.resolve("classes" + args.length);
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:file=" + log,
                "-cp",
                classPath,
                WithoutZooKeeperTest.class.getName()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("out").toFile())
                .start();
        assertTrue(process.waitFor(2, TimeUnit.MINUTES));
        assertEquals(0, process.exitValue(), () -> read(directory.resolve("out")));
        return Files.readAllLines(log);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static List<String> ofZooKeeper(List<String> loaded) {
        return loaded.stream()
                .filter(line -> line.matches(".*\\b(org\\.apache\\.(curator|zookeeper|jute)|io\\.netty)\\..*"))
                .toList();
    }

    @Test
    void noClassOfItIsLoadedUnlessItIsWanted() throws Exception {
        List<String> without = loaded();
        assertTrue(without.stream().anyMatch(line -> line.contains("dev.holdfast.gate.Gate ")));
        assertEquals(List.of(), ofZooKeeper(without));

        List<String> with = loaded("zookeeper", "127.0.0.1:1");
        assertTrue(
                ofZooKeeper(with).size() > 100,
                () -> String.valueOf(ofZooKeeper(with).size()));
    }
}
