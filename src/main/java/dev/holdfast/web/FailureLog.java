package dev.holdfast.web;

import static dev.holdfast.config.Durations.inSeconds;

import dev.holdfast.config.Printable;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.logging.Logger;

/**
 * Tells the log that requests fail, not which: of each kind the first one at once, then a line each few seconds with how many
 * more there were, as long as there are any. Thread-safe; has no thread of its own, and does nothing while nothing fails.
 */
final class FailureLog implements AutoCloseable {
    static final Duration PAUSE = Duration.ofSeconds(5);

    private static final Logger LOG = Logger.getLogger(FailureLog.class.getName());

    private final String site;
    private final LongSupplier clock;
    private final Map<String, Kind> kinds = new ConcurrentHashMap<>();

    /** @param clock nanoseconds, as {@link System#nanoTime()} */
    FailureLog(String site, LongSupplier clock) {
        this.site = site;
        this.clock = clock;
    }

    /**
     * @param kind one of a few; failures of one kind are counted together
     * @param detail of this one, perhaps in the words of the upstream
     */
    void failed(String kind, String detail) {
        tell(kinds.computeIfAbsent(kind, each -> new Kind()).failed(detail, clock.getAsLong()));
    }

    /** To be called once a second, so that the last ones are told of too. */
    void second() {
        long now = clock.getAsLong();
        kinds.values().forEach(kind -> tell(kind.ripe(now)));
    }

    /** Tells what is left to tell. */
    @Override
    public void close() {
        long now = clock.getAsLong();
        kinds.values().forEach(kind -> tell(kind.rest(now)));
    }

    private void tell(String line) {
        if (line != null) {
            LOG.warning(() -> site + ": " + Printable.escaped(line));
        }
    }

    /** What has been told of one kind, and what not. What it returns is to be told, unless it is null. */
    private static final class Kind {
        private boolean told;
        private long toldNanos;
        private long more; // since then
        private String last; // of these

        synchronized String failed(String detail, long now) {
            if (!told || more == 0 && now - toldNanos >= PAUSE.toNanos()) {
                told = true;
                toldNanos = now;
                return detail;
            }
            more++;
            last = detail;
            return ripe(now);
        }

        synchronized String ripe(long now) {
            return now - toldNanos >= PAUSE.toNanos() ? rest(now) : null;
        }

        synchronized String rest(long now) {
            if (more == 0) {
                return null;
            }
            String line = String.format(
                    Locale.ROOT, "%,d more in %s: %s", more, inSeconds(Duration.ofNanos(now - toldNanos)), last);
            toldNanos = now;
            more = 0;
            return line;
        }
    }
}
