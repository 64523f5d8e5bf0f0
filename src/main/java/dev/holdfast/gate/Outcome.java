package dev.holdfast.gate;

/** How a request left the waiting line, or why it did not get into it. */
public enum Outcome {
    /** The gate opened: the request goes on to the upstream. */
    RELEASED,
    /** It was held for {@code maxHold}. */
    EXPIRED,
    /** Its client left. */
    ABANDONED,
    /** Too many are waiting, or the gate is closed for longer than {@code maxClosed}. */
    REJECTED,
    /** Its client has sent it once more meanwhile, and said that it is the same: that one has taken its place. */
    REPLACED,
    /** Its client waited for as long as its {@linkplain Waiter#patience() patience}, and is told to come again. */
    POSTPONED,
    /** The operator, or the end of Holdfast itself, turns requests away. */
    REFUSED
}
