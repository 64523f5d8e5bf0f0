package dev.holdfast.cli;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Filter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Collects why a web application does not start. Tomcat tells that to the log only, as stack traces; while this is open
 * they are kept from the log.
 */
final class StartFailures implements Filter, AutoCloseable {
    private final Set<String> failures = Collections.synchronizedSet(new LinkedHashSet<>());
    private final List<Handler> handlers = Arrays.stream(Logger.getLogger("").getHandlers())
            .filter(handler -> handler.getFilter() == null)
            .toList();

    private StartFailures() {}

    static StartFailures collect() {
        StartFailures failures = new StartFailures();
        failures.handlers.forEach(handler -> handler.setFilter(failures));
        return failures;
    }

    @Override
    public boolean isLoggable(LogRecord record) {
        boolean tomcats = String.valueOf(record.getLoggerName()).startsWith("org.apache.catalina.")
                && record.getLevel() == Level.SEVERE;
        if (tomcats && record.getThrown() != null) {
            failures.add(StartException.describe(record.getThrown()));
        }
        return !tomcats;
    }

    String describe() {
        return failures.isEmpty() ? "the web application did not start" : String.join(System.lineSeparator(), failures);
    }

    @Override
    public void close() {
        handlers.forEach(handler -> handler.setFilter(null));
    }
}
