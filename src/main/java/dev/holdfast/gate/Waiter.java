package dev.holdfast.gate;

/**
 * The client's side of a held request: what the gate asks of it and tells it. For one hold exactly one of {@link #released},
 * {@link #turnedAway} and {@link #abandoned} is called, once; none where {@link HeldRequest#leave} came first. No method
 * may block: all others who wait would wait longer.
 */
public interface Waiter {
    /** Whether the client is known to have left. Called on the gate thread, only while the request is held. */
    boolean hasLeft();

    /** The request may go on, in its turn. Called on the gate thread. */
    void released(Passage passage);

    /**
     * The request is not to go on.
     *
     * @param outcome EXPIRED, REJECTED or REFUSED
     * @param message for the client, one or more sentences; empty where the outcome says it all
     */
    void turnedAway(Outcome outcome, String message);

    /** The client {@linkplain #hasLeft() had left}; there is nobody to answer. Called on the gate thread. */
    void abandoned();
}
