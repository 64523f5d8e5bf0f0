package dev.holdfast.balance;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What this package logs about one site. Meanwhile the console is spared the warnings that tests provoke. */
final class LogLines extends Handler {
    private final Logger logger = Logger.getLogger(BalanceWatcher.class.getPackageName());
    private final Logger ours = Logger.getLogger("dev.holdfast");
    private final String site;
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    LogLines(String site) {
        this.site = site;
        logger.addHandler(this);
        ours.setUseParentHandlers(false);
    }

    /** Those at this level that contain the text. */
    List<String> at(Level level, String text) {
        return records.stream()
                .filter(each -> each.getLevel().equals(level))
                .map(LogRecord::getMessage)
                .filter(each -> each.contains(text))
                .toList();
    }

    @Override
    public void publish(LogRecord record) {
        if (record.getMessage().startsWith(site + ": ")) {
            records.add(record);
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        ours.setUseParentHandlers(true);
    }
}
