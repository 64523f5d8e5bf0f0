package dev.holdfast.status;

import dev.holdfast.gate.Outcome;
import dev.holdfast.proxy.Failure;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** What the gate does not count: how long requests were held, how long the upstream took, and what went wrong. Thread-safe. */
public final class Traffic {
    private final Map<Outcome, DurationCounts> holds = new EnumMap<>(Outcome.class);
    private final DurationCounts upstream =
            new DurationCounts(5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000);
    private final Map<Failure, LongAdder> failures = new EnumMap<>(Failure.class);
    private final LongAdder cut = new LongAdder();
    private final LongAdder clientGone = new LongAdder();

    public Traffic() {
        for (Outcome outcome : Outcome.values()) {
            holds.put(
                    outcome, new DurationCounts(100, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 120_000, 600_000));
        }
        for (Failure failure : Failure.values()) {
            failures.put(failure, new LongAdder());
        }
    }

    /** A request that was held leaves the line. */
    public void held(Outcome outcome, long nanos) {
        holds.get(outcome).add(nanos);
    }

    /** The upstream began to answer, so long after it was asked. */
    public void answered(long nanos) {
        upstream.add(nanos);
    }

    /** A request got no answer of the upstream's. */
    public void failed(Failure failure) {
        failures.get(failure).increment();
    }

    /** The upstream broke its answer off. */
    public void cut() {
        cut.increment();
    }

    /** The client left while the upstream had its request, or took too long. */
    public void clientGone() {
        clientGone.increment();
    }

    Map<Outcome, DurationCounts> holds() {
        return holds;
    }

    DurationCounts.Durations upstream() {
        return upstream.view();
    }

    /** By its name in metrics and JSON; those of the upstream and of the way to it. */
    Map<String, Long> failures() {
        Map<String, Long> all = new TreeMap<>();
        failures.forEach((failure, count) -> all.put(failure.name().toLowerCase(Locale.ROOT), count.sum()));
        all.put("cut", cut.sum());
        return all;
    }

    /** All of {@link #failures}. */
    long failed() {
        return failures.values().stream().mapToLong(LongAdder::sum).sum() + cut.sum();
    }

    long clientsGone() {
        return clientGone.sum();
    }
}
