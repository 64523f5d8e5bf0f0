package dev.holdfast.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The switch, moved as an operator does with {@code rm} and {@code touch}. */
record BalanceFile(Path file) {

    /** {@code rm balance}. */
    void hold() throws IOException {
        Files.delete(file);
    }

    /** {@code touch balance}. */
    void release() throws IOException {
        Files.createFile(file);
    }

    /** {@code echo text > balance}. */
    void write(String text) throws IOException {
        Files.writeString(file, text + "\n");
    }

    Path drainedMarker() {
        return file.resolveSibling(file.getFileName() + ".drained");
    }

    void awaitDrained() {
        await(drainedMarker() + " to appear")
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> Files.exists(drainedMarker()));
    }

    void awaitMarkerGone() {
        await(drainedMarker() + " to go")
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> Files.notExists(drainedMarker()));
    }
}
