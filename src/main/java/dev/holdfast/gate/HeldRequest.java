package dev.holdfast.gate;

/**
 * A request in the waiting line.
 *
 * <pre>
 *            ┌─▶ RELEASED
 *   held ────┼─▶ EXPIRED      it leaves once; all six ways
 *            ├─▶ ABANDONED    go through WaitingRoom.leave()
 *            ├─▶ REPLACED
 *            ├─▶ POSTPONED
 *            └─▶ REFUSED
 * </pre>
 */
public final class HeldRequest {
    final Gate gate;
    final Waiter waiter;
    /** On the gate's clock; kept when the request is held again. */
    final long arrivalNanos;
    /** Whom {@code holdLimitPerClient} counts; null when it is off. */
    final Object client;

    /** What a later request that is the same has too; null where none can be known to be. */
    final Object sameness;
    /** Its place in the line, which may be that of one that it replaced. Guarded by the room's monitor. */
    long placeNanos;

    /** How long it waits at the closed gate, from its arrival; {@link Impatient#PATIENT} for as long as may be. */
    final long patienceNanos;
    /** Tells those apart who are {@link Impatient} at the same time. Guarded by the room's monitor. */
    long number;

    /** Null while held. Written under the room's monitor; read without it where a stale answer does no harm. */
    volatile Outcome outcome;

    // The line's links, guarded by the room's monitor.
    HeldRequest before;
    HeldRequest after;

    HeldRequest(Gate gate, Waiter waiter, long arrivalNanos, Object client, Object sameness, long patienceNanos) {
        this.gate = gate;
        this.waiter = waiter;
        this.arrivalNanos = arrivalNanos;
        this.client = client;
        this.sameness = sameness;
        this.placeNanos = arrivalNanos;
        this.patienceNanos = patienceNanos;
    }

    /**
     * Leaves the line for a reason that only the container knows: its client left, or the container is going down. The
     * waiter hears nothing of it. Thread-safe.
     *
     * @param why ABANDONED or REFUSED; whoever is released is in flight, which only the gate can do
     * @return whether this ended the hold; false when it had ended otherwise
     */
    public boolean leave(Outcome why) {
        if (why != Outcome.ABANDONED && why != Outcome.REFUSED) {
            throw new IllegalArgumentException("a request leaves as ABANDONED or REFUSED, not as " + why);
        }
        return gate.leave(this, why);
    }

    @Override
    public String toString() {
        return "HeldRequest[" + (outcome == null ? "held" : outcome) + "]";
    }
}
