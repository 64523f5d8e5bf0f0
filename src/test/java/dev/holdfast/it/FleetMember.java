package dev.holdfast.it;

import dev.holdfast.config.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** One Holdfast of a fleet, as a process that can be killed and started again, and the clients that come to it. */
final class FleetMember implements AutoCloseable {
    static final int CLIENTS = 8;
    private static final int LONGEST_PAUSE_MILLIS = 200;

    /** Numbers of requests differ by more than this from member to member, and from life to life. */
    private static final long NUMBERS = 10_000_000;

    final String name;
    private final Path directory;
    private final int sitePort;
    private final List<String> options;
    private final List<LoadClients> earlierLoads = new ArrayList<>();
    private long firstNumber;
    private int lives;
    private HoldfastProcess holdfast;
    private LoadClients load;

    FleetMember(int number, Path directory, int sitePort, String zookeeper, String away) {
        this.name = "node" + number;
        this.directory = directory;
        this.sitePort = sitePort;
        this.firstNumber = 10 * number * NUMBERS;
        this.options = List.of(
                "--zookeeper",
                zookeeper,
                "--zookeeper-node",
                name,
                "--zookeeper-away=" + away,
                "--zookeeper-session",
                "4s",
                "--zookeeper-max-age",
                "3s",
                "--max-hold",
                "10m",
                "--log",
                "json");
    }

    /** Starts the process, perhaps again, and waits until it serves. */
    FleetMember start() throws IOException {
        holdfast = HoldfastProcess.start(
                Files.createDirectories(directory.resolve("life-" + ++lives)),
                sitePort,
                List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                options.toArray(String[]::new));
        return this;
    }

    /** Lets clients come. */
    FleetMember load() {
        firstNumber += NUMBERS;
        load = LoadClients.start(holdfast.port(), CLIENTS, firstNumber, LONGEST_PAUSE_MILLIS);
        return this;
    }

    /** Its clients are cut off, and are not to be counted as failed. */
    void kill() throws InterruptedException {
        holdfast.process().kill();
        load.stop();
        earlierLoads.add(load);
    }

    HoldfastProcess holdfast() {
        return holdfast;
    }

    LoadClients clients() {
        return load;
    }

    /** Failures that are nobody's fault but Holdfast's: those of clients whose Holdfast was killed are left out. */
    List<String> failures() {
        return load.failures();
    }

    /** Of clients whose Holdfast was killed. */
    long cutOff() {
        return earlierLoads.stream().mapToLong(cut -> cut.failures().size()).sum();
    }

    long answered() {
        return loads().mapToLong(LoadClients::answered).sum();
    }

    Stream<String> sent() {
        return loads().map(LoadClients::sent).flatMap(Set::stream);
    }

    /** Without those that were under way when their Holdfast was killed: nobody was told what became of them. */
    long sentAndNotCutOff() {
        return sent().count() - cutOff();
    }

    private Stream<LoadClients> loads() {
        return Stream.concat(earlierLoads.stream(), Stream.of(load));
    }

    /** When it logged a line with this, for the first time since then. */
    Optional<Instant> logged(String text, Instant since) {
        return holdfast.process()
                .output()
                .lines()
                .filter(line -> line.startsWith("{") && line.contains(text))
                .map(line -> Instant.parse((String) Json.object(line).get("time")))
                .filter(time -> !time.isBefore(since))
                .findFirst();
    }

    @Override
    public void close() {
        if (load != null) {
            load.close();
        }
        if (holdfast != null) {
            holdfast.close();
        }
    }
}
