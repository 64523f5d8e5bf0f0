package dev.holdfast.web;

import java.text.MessageFormat;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What Holdfast writes to the log meanwhile. */
final class LogLines extends Handler implements AutoCloseable {
    private static final Logger HOLDFAST = Logger.getLogger("dev.holdfast");

    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    LogLines() {
        HOLDFAST.addHandler(this);
    }

    long count(String part) {
        return lines.stream().filter(line -> line.contains(part)).count();
    }

    @Override
    public void publish(LogRecord record) {
        Object[] parameters = record.getParameters();
        lines.add(parameters == null ? record.getMessage() : MessageFormat.format(record.getMessage(), parameters));
    }

    @Override
    public void flush() {
        // Nothing is kept back.
    }

    @Override
    public void close() {
        HOLDFAST.removeHandler(this);
    }
}
