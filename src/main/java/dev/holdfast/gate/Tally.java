package dev.holdfast.gate;

import dev.holdfast.gate.GateSnapshot.Counts;
import java.util.HashMap;
import java.util.Map;

/** Counts what came to the line and how it left. Guarded by the {@link WaitingRoom}. */
final class Tally {
    /** All that did not simply pass. Counted apart from the outcomes, so that a loss would show. */
    long cameToTheLine;

    long released;
    private long expired;
    long abandoned;
    private long rejected;
    private long replaced;
    private long postponed;
    private long refused;

    /** How many each client has in the line; only for {@code holdLimitPerClient}. */
    private final Map<Object, Integer> heldOf = new HashMap<>();

    int heldOf(Object client) {
        return heldOf.getOrDefault(client, 0);
    }

    void joined(HeldRequest request) {
        if (request.client != null) {
            heldOf.merge(request.client, 1, Integer::sum);
        }
    }

    void left(HeldRequest request, Outcome outcome) {
        if (request.client != null) {
            heldOf.computeIfPresent(request.client, (client, held) -> held == 1 ? null : held - 1);
        }
        count(outcome);
    }

    /** Left the line, or never got into it. */
    void count(Outcome outcome) {
        switch (outcome) {
            case RELEASED -> released++;
            case EXPIRED -> expired++;
            case ABANDONED -> abandoned++;
            case REJECTED -> rejected++;
            case REPLACED -> replaced++;
            case POSTPONED -> postponed++;
            case REFUSED -> refused++;
        }
    }

    Counts counts(long passed) {
        return new Counts(
                passed + cameToTheLine, passed, released, expired, abandoned, rejected, replaced, postponed, refused);
    }
}
