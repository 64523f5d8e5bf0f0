package dev.holdfast.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Keeps what the gate logs, and keeps it out of the test's output, until the end of the test. */
final class LogCapture extends Handler implements AfterEachCallback {
    private final Logger logger = Logger.getLogger("dev.holdfast.gate");
    private final List<LogRecord> records = new ArrayList<>();
    Runnable whenLogged = () -> {};
    Consumer<String> beforeLogging = line -> {};

    LogCapture() {
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
    }

    synchronized List<String> lines() {
        return records.stream().map(LogRecord::getMessage).toList();
    }

    synchronized List<String> warnings() {
        return records.stream()
                .filter(each -> each.getLevel() == Level.WARNING)
                .map(LogRecord::getMessage)
                .toList();
    }

    @Override
    public synchronized void publish(LogRecord logged) {
        beforeLogging.accept(logged.getMessage());
        records.add(logged);
        whenLogged.run();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
