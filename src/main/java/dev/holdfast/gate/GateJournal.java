package dev.holdfast.gate;

import static dev.holdfast.config.Durations.inSeconds;

import dev.holdfast.config.Printable;
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
    private volatile String beginning; // null where nobody says how it begins

    GateJournal(String site) {
        this.site = site;
    }

    /** What this detail closes is not to be told of. */
    void begin(String detail) {
        beginning = detail;
    }

    /** Whether the gate is closed because nothing is known yet. */
    boolean isBegin(GateSnapshot gate) {
        return beginning != null
                && gate.closures().stream().anyMatch(each -> each.detail().equals(beginning));
    }

    void changed(GateSnapshot before, GateSnapshot after) {
        boolean first = isBegin(before);
        if (isBegin(after)) {
            return;
        }
        if (after.isOpen()) {
            if (!before.isOpen() && !(first && after.held() == 0)) {
                log(
                        "open after %s: releasing %,d, oldest waited %s",
                        inSeconds(before.closedFor()), after.held(), inSeconds(after.oldestHold()));
            }
        } else if (first || before.isOpen() || !whatItDoes(before).equals(whatItDoes(after))) {
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
        LOG.log(Level.WARNING, Printable.escaped(e), () -> site + ": " + what);
    }

    private void log(String format, Object... arguments) {
        LOG.info(() -> site + ": " + String.format(Locale.ROOT, format, arguments));
    }

    private static String whatItDoes(GateSnapshot gate) {
        boolean refusing = gate.closures().stream().anyMatch(Closure::refusing);
        return gate.closures().stream()
                .map(closure -> Printable.line(closure.detail()))
                .collect(Collectors.joining("; ", refusing ? "refusing: " : "holding: ", ""));
    }
}
