package dev.holdfast.cli;

import dev.holdfast.balance.SwitchFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Listens to the Holdfast that watches a balance file. It is asked by taking its status file away: one that is there writes
 * it again. So what is heard was said after the question, whatever the clocks of two machines say, and a status that a killed
 * Holdfast left behind is never believed. Confined to one thread.
 */
final class StatusWatch {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration ASK_EACH = Duration.ofSeconds(1);

    private final Path file;
    private String before; // what was said before the question; null for nothing
    private Optional<StatusView> lastWords = Optional.empty();
    private Optional<StatusView> heard = Optional.empty();
    private long heardNanos;
    private long askedNanos;

    StatusWatch(Path file) {
        this.file = file;
    }

    /** Whatever was said before this call does not count any more. To be called after the balance file was moved. */
    void ask() throws IOException {
        Optional<String> line = SwitchFile.read(file);
        before = line.orElse(null);
        lastWords = StatusView.parse(line);
        heardNanos = System.nanoTime();
        askAgain();
    }

    private void askAgain() {
        askedNanos = System.nanoTime();
        try {
            Files.deleteIfExists(file);
        } catch (IOException expected) {
            // Then what is heard is what differs from before.
        }
    }

    void look() throws IOException, CommandException {
        String line = SwitchFile.read(file).orElse(null);
        long now = System.nanoTime();
        if (line != null && !line.equals(before)) {
            before = line;
            heard = Optional.of(StatusView.parse(line));
            lastWords = heard;
            if (!heard.get().isStopped()) {
                heardNanos = now;
            }
        }
        // One that is open says nothing of its own accord.
        if (heard.isPresent() && heard.get().isOpen() && now - askedNanos >= ASK_EACH.toNanos()) {
            askAgain();
        }
    }

    /** What was said last since the question. */
    Optional<StatusView> heard() {
        return heard;
    }

    /** The same, or what was said before the question. */
    Optional<StatusView> lastWords() {
        return lastWords;
    }

    /** Whether nothing was heard for so long that nobody is there. */
    boolean isSilent() {
        return System.nanoTime() - heardNanos >= patience().toNanos();
    }

    /** Without a watch of the directory, it takes the poll interval until the question is noticed. */
    Duration patience() {
        return PATIENCE.plus(
                lastWords.map(StatusView::pollInterval).orElse(Duration.ZERO).multipliedBy(2));
    }
}
