package dev.holdfast.gate;

import java.time.Duration;
import java.util.Optional;

/**
 * The client's side of a held request: what the gate asks of it and tells it. For one hold exactly one of {@link #released},
 * {@link #turnedAway} and {@link #abandoned} is called, once; none where {@link HeldRequest#leave} came first. No method
 * may block: all others who wait would wait longer. What is thrown is logged, and the waiter is not told again.
 */
public interface Waiter {
    /**
     * Whether the client is known to have left. Called on the gate thread, when it is about to be {@link #released}. Whoever
     * learns it before says so by {@link HeldRequest#leave}, from any thread and possibly at the same time.
     */
    boolean hasLeft();

    /**
     * How long the client waits at the closed gate, counted from its arrival, before it is turned away as POSTPONED; empty for
     * as long as may be. Asked once, before the request joins the line. Whoever has waited until the gate opens waits for his turn.
     */
    default Optional<Duration> patience() {
        return Optional.empty();
    }

    /**
     * The request may go on, in its turn. Called on the gate thread. Where this throws, the passage is ended: the request must
     * not go on then.
     */
    void released(Passage passage);

    /**
     * The request is not to go on. Called on the gate thread; in the thread of {@link Gate#hold} where there was no place in
     * the line.
     *
     * @param outcome EXPIRED, REJECTED, REPLACED, POSTPONED or REFUSED
     * @param message for the client, one or more sentences; empty where the outcome says it all
     */
    void turnedAway(Outcome outcome, String message);

    /** The client {@linkplain #hasLeft() had left}; there is nobody to answer. Called on the gate thread. */
    void abandoned();
}
