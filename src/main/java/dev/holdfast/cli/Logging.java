package dev.holdfast.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** The log goes to stderr, a line an event, unless the operator configured {@code java.util.logging} in its own ways. */
final class Logging {
    private Logging() {}

    /** To be called before anything logs. Where the operator configured it, the format is his too. */
    static void configure(LogFormat format, ProgressLine progress) {
        if (System.getProperty("java.util.logging.manager") == null) {
            System.setProperty("java.util.logging.manager", UntilTheEnd.class.getName());
        }
        if (System.getProperty("java.util.logging.config.file") == null
                && System.getProperty("java.util.logging.config.class") == null) {
            try (InputStream ours = Logging.class.getResourceAsStream("logging.properties")) {
                LogManager.getLogManager().readConfiguration(ours);
                Logger.getLogger("").addHandler(new LogHandler(System.err, format.formatter(), progress));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Before something else is printed that belongs behind it. */
    static void flush() {
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.flush();
        }
    }

    /** For a command, which says itself what goes wrong. Returns what is to be kept: a logger that nobody holds forgets its level. */
    static Logger silence(String name) {
        Logger logger = Logger.getLogger(name);
        logger.setLevel(Level.OFF);
        return logger;
    }

    /** Closes the log; to be called last. */
    static void finish() {
        if (LogManager.getLogManager() instanceof UntilTheEnd ours) {
            ours.close();
        }
    }

    /**
     * Logs until we are done. The JDK's manager closes its handlers in a shutdown hook of its own, that is at the same
     * time as ours runs, so the log would end before the stop is told. Public because the JDK makes it, by name.
     */
    public static final class UntilTheEnd extends LogManager {
        @Override
        public void reset() {
            // Neither in the shutdown hook, nor needed in readConfiguration: there is nothing yet to be reset.
        }

        private void close() {
            super.reset();
        }
    }
}
