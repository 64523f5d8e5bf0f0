package dev.holdfast.cli;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.StreamHandler;

/**
 * Writes the log to stderr, without tearing the progress line apart that may stand there. No {@code ConsoleHandler}: to each of
 * them Tomcat's own logging gives another formatter when it begins.
 */
final class LogHandler extends StreamHandler {
    private final ProgressLine progress;

    LogHandler(LogFormat format, ProgressLine progress) {
        super(System.err, format.formatter());
        this.progress = progress;
        setLevel(Level.ALL);
    }

    @Override
    public void publish(LogRecord record) {
        if (isLoggable(record)) {
            progress.printAbove(() -> {
                super.publish(record);
                flush();
            });
        }
    }

    /** At the end of the process, which still has something to say there. */
    @Override
    public void close() {
        progress.end();
        flush();
    }
}
