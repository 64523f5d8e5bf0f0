package dev.holdfast.gate;

import static dev.holdfast.config.Durations.inSeconds;

import dev.holdfast.gate.GateSnapshot.Counts;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** Tells the log what the gate does, one line a change. Thread-safe; never called under the room's monitor. */
final class GateJournal {
    private static final Logger LOG = Logger.getLogger(GateJournal.class.getPackageName());

    private final String site;
    private final AtomicBoolean askingFailed = new AtomicBoolean();

    GateJournal(String site) {
        this.site = site;
    }

    void changed(GateSnapshot before, GateSnapshot after) {
        if (after.isOpen()) {
            if (!before.isOpen()) {
                log(
                        "open after %s: releasing %,d, oldest waited %s",
                        inSeconds(before.closedFor()), after.held(), inSeconds(after.oldestHold()));
            }
        } else if (before.isOpen() || !whatItDoes(before).equals(whatItDoes(after))) {
            log("%s; %,d in flight", whatItDoes(after), after.inFlight());
        }
    }

    void drained(GateSnapshot drained) {
        log(
                "drained after %s; %,d held, %,d streams open",
                inSeconds(drained.closedFor()), drained.held(), drained.streams());
    }

    void released(HoldReport report) {
        Counts counts = report.counts();
        if (counts.released() + counts.expired() + counts.abandoned() > 0) {
            log(
                    "released %,d in %s; %,d expired, %,d left, %,d failed",
                    counts.released(),
                    inSeconds(report.releaseTook()),
                    counts.expired(),
                    counts.abandoned(),
                    report.failed());
        }
    }

    void waiterFailed(Outcome outcome, Throwable e) {
        warn("a held request could not be told that it is " + outcome, e);
    }

    /** Whoever is asked each second would fill the log. */
    void askingFailed(Throwable e) {
        if (askingFailed.compareAndSet(false, true)) {
            warn("cannot tell whether the client of a held request left; said once", e);
        }
    }

    void listenerFailed(Throwable e) {
        warn("a listener failed", e);
    }

    private void warn(String what, Throwable e) {
        LOG.log(Level.WARNING, e, () -> site + ": " + what);
    }

    private void log(String format, Object... arguments) {
        LOG.info(() -> site + ": " + String.format(Locale.ROOT, format, arguments));
    }

    private static String whatItDoes(GateSnapshot gate) {
        boolean refusing = gate.closures().stream().anyMatch(Closure::refusing);
        return gate.closures().stream()
                .map(Closure::detail)
                .collect(Collectors.joining("; ", refusing ? "refusing: " : "holding: ", ""));
    }
}
