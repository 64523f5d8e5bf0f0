package dev.holdfast.web;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What is logged of everything of ours while it is open. */
final class LogTap extends Handler implements AutoCloseable {
    private static final Logger OURS = Logger.getLogger("dev.holdfast");

    private final List<String> lines = new CopyOnWriteArrayList<>();

    private final Level levelBefore = OURS.getLevel();

    LogTap() {
        OURS.addHandler(this);
    }

    /** With what is told to nobody as a rule. */
    LogTap(Level level) {
        this();
        OURS.setLevel(level);
    }

    boolean has(String... parts) {
        return lines.stream().anyMatch(line -> List.of(parts).stream().allMatch(line::contains));
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    String all() {
        return String.join("\n", lines);
    }

    @Override
    public void publish(LogRecord record) {
        lines.add(new SimpleFormatter().formatMessage(record)
                + (record.getThrown() == null ? "" : " " + record.getThrown()));
    }

    @Override
    public void flush() {
        // Nothing is kept back.
    }

    @Override
    public void close() {
        OURS.removeHandler(this);
        OURS.setLevel(levelBefore);
    }
}
