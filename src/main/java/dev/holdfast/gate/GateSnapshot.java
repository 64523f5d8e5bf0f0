package dev.holdfast.gate;

import java.time.Duration;
import java.util.List;

/**
 * What is true at one instant.
 *
 * @param closures why the gate is closed; empty when it is open
 * @param closedFor how long; zero when it is open
 * @param inFlight requests forwarded and unfinished, without the streams
 * @param streams open event streams and tunnels
 * @param held requests that wait
 * @param oldestHold how long the one who waits longest has waited; zero when nobody waits
 * @param counts since the start
 */
public record GateSnapshot(
        List<Closure> closures,
        Duration closedFor,
        int inFlight,
        int streams,
        int held,
        Duration oldestHold,
        Counts counts) {

    public GateSnapshot {
        closures = List.copyOf(closures);
    }

    public boolean isOpen() {
        return closures.isEmpty();
    }

    /** Closed and nothing in flight. */
    public boolean isDrained() {
        return !isOpen() && inFlight == 0;
    }

    /**
     * Every request is in exactly one of these, or held: {@code arrived = passed + held + released + expired + abandoned +
     * rejected + replaced + postponed + refused}. One that is held again leaves its count and is held.
     */
    public record Counts(
            long arrived,
            long passed,
            long released,
            long expired,
            long abandoned,
            long rejected,
            long replaced,
            long postponed,
            long refused) {
        /** How many more there are than at an earlier time. */
        Counts since(Counts earlier) {
            return new Counts(
                    arrived - earlier.arrived,
                    passed - earlier.passed,
                    released - earlier.released,
                    expired - earlier.expired,
                    abandoned - earlier.abandoned,
                    rejected - earlier.rejected,
                    replaced - earlier.replaced,
                    postponed - earlier.postponed,
                    refused - earlier.refused);
        }
    }
}
