package dev.holdfast.gate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One request on its way through the open gate: in flight from its admission until {@link #end}. Thread-safe; each step
 * counts once, however often it is told.
 */
public final class Passage {
    /** It was held, and holds one of the {@code releaseConcurrency} permits. */
    private static final int PERMIT = 1;
    /** Released, but not yet seen again in the container's thread. */
    private static final int TRANSIT = 1 << 1;

    private static final int STREAM = 1 << 2;
    private static final int ENDED = 1 << 3;
    private static final int HELD = 1 << 4;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Passage.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Gate gate;
    private final int release;
    private final long arrivalNanos;
    private volatile int state;

    // Written before it is listed; the list publishes them.
    private Traveller traveller;
    private long passedNanos;
    /** Its place in the {@link InFlightRegister}. */
    int slot = InFlightRegister.NOT_LISTED;

    private Passage(Gate gate, int state, int release, long arrivalNanos) {
        this.gate = gate;
        this.release = release;
        this.arrivalNanos = arrivalNanos;
        STATE.set(this, state);
    }

    static Passage straight(Gate gate, long arrivalNanos) {
        return new Passage(gate, 0, 0, arrivalNanos);
    }

    /** @param release its number, as the {@link Pace} gave it */
    static Passage released(HeldRequest request, int release) {
        return new Passage(request.gate, HELD | PERMIT | TRANSIT, release, request.arrivalNanos);
    }

    boolean wasHeld() {
        return (state & HELD) != 0;
    }

    /** When the request came, on the gate's clock in nanoseconds; kept over all its holds. */
    public long arrivalNanos() {
        return arrivalNanos;
    }

    /**
     * Asked at the last moment before a released request goes on.
     *
     * @return false when the gate has shut since the release: then the request is to be {@linkplain Gate#holdAgain held
     *     again}, or to end
     */
    public boolean mayGoOn() {
        if (wasHeld() && (gate.isShut() || gate.hasLapsed())) {
            // Still on its way: T1 is told no, T2 opens the gate, T3 comes and would overtake T1's hold.
            return false;
        }
        endTransit();
        return true;
    }

    /**
     * Asked at the very last moment, before the first byte goes to the upstream: the process may have been paused since the
     * request passed.
     *
     * @return false when it is to be {@linkplain Gate#holdAgain held again}: what opened the gate cannot be relied on any more
     */
    public boolean mayBegin() {
        return !gate.hasLapsed();
    }

    /**
     * Lists it among those in flight, until it ends or becomes a stream. To be called once, by whoever lets the request go
     * on, before anybody else can have ended it.
     */
    public void listAs(Traveller who) {
        traveller = who;
        passedNanos = wasHeld() ? gate.now() : arrivalNanos;
        gate.register().enter(this, passedNanos);
    }

    /** When it was let pass, on the gate's clock in nanoseconds. Only of one that is listed. */
    public long passedNanos() {
        return passedNanos;
    }

    /** Only of one that is listed. */
    Traveller traveller() {
        return traveller;
    }

    /** The upstream began to answer: the next of those who wait may go. */
    public void answered() {
        returnPermit(Pace.Verdict.UP);
    }

    /** The same, but with an answer that is rather that of a site which is still starting. */
    public void answeredNotUp() {
        returnPermit(Pace.Verdict.NOT_UP);
    }

    /** It goes to the line again, and never got to the upstream. */
    void unanswered() {
        returnPermit(Pace.Verdict.NONE);
    }

    private void returnPermit(Pace.Verdict verdict) {
        endTransit();
        if ((clear(PERMIT) & PERMIT) != 0) {
            gate.returnPermit(release, verdict);
        }
    }

    /** The answer is a stream without an end of its own: counted apart from now on, and no drain waits for it. */
    public void becomeStream() {
        returnPermit(Pace.Verdict.UP);
        if ((set(STREAM) & (STREAM | ENDED)) == 0) {
            gate.register().leave(this);
            gate.streamBegan();
        }
    }

    /** The upstream has nothing more to do with the request. */
    public void end() {
        end(false);
    }

    /**
     * Instead of {@link #end()}: the client left before the request went on. Counted as abandoned where it was held; one that
     * passed at once has passed.
     */
    public void abandon() {
        end(wasHeld());
    }

    private void end(boolean abandoned) {
        int before = set(ENDED);
        if ((before & ENDED) != 0) {
            return;
        }
        if (abandoned) {
            gate.releasedIsAbandoned();
        }
        returnPermit(abandoned ? Pace.Verdict.NONE : Pace.Verdict.NOT_UP);
        if ((before & STREAM) != 0) {
            gate.streamEnded();
        } else {
            gate.register().leave(this);
            gate.leave();
        }
    }

    /**
     * Ends this passage in favour of a new hold, but for what {@link #unanswered} gives back. Returns false when it had ended
     * otherwise, or is a stream, which the upstream has seen.
     */
    boolean endForHold() {
        for (; ; ) {
            int seen = state;
            if ((seen & (STREAM | ENDED)) != 0) {
                return false;
            }
            if (STATE.compareAndSet(this, seen, seen | ENDED)) {
                gate.register().leave(this);
                return true;
            }
        }
    }

    private void endTransit() {
        if ((clear(TRANSIT) & TRANSIT) != 0) {
            gate.transitEnded();
        }
    }

    private int set(int bit) {
        return (int) STATE.getAndBitwiseOr(this, bit);
    }

    /** Without an atomic operation for the many that never had the bit. */
    private int clear(int bit) {
        return (state & bit) == 0 ? 0 : (int) STATE.getAndBitwiseAnd(this, ~bit);
    }
}
