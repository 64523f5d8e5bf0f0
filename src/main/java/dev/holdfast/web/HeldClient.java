package dev.holdfast.web;

import static dev.holdfast.config.Durations.inSeconds;

import dev.holdfast.gate.HeldRequest;
import dev.holdfast.gate.Outcome;
import dev.holdfast.gate.Passage;
import dev.holdfast.gate.Waiter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.Optional;
import java.util.logging.Logger;

/**
 * The client of a request that is held, for one hold. The gate tells it what becomes of the request, the {@link DepartureWatch}
 * (HTTP/1.1) or the container (HTTP/2) that the client left, the container that the context is going down.
 */
final class HeldClient implements Waiter, AsyncListener {
    private static final Logger LOG = Logger.getLogger(HeldClient.class.getName());

    /** Client closed the request: nginx's word for it, seen in access logs only. */
    private static final int CLIENT_LEFT = 499;

    private final Site site;
    private final Visit visit;
    private final AsyncContext context;
    private final ClientProbe probe;
    private volatile HeldRequest held;
    private SelectionKey watch; // of the DepartureWatch; guarded by this
    private volatile boolean over; // written under the monitor of this

    HeldClient(Site site, Visit visit, AsyncContext context) {
        this.site = site;
        this.visit = visit;
        this.context = context;
        this.probe = ClientProbe.of(context.getRequest());
        site.held().began();
        context.addListener(this);
    }

    void isHeld(HeldRequest request) {
        held = request;
        site.departures().add(this);
    }

    ClientProbe probe() {
        return probe;
    }

    /** Whether nobody needs to know any more whether the client leaves. Any thread. */
    boolean isOver() {
        return over;
    }

    /** Until it is over, by this key. */
    synchronized void watchedBy(SelectionKey key) {
        watch = key;
        if (over) {
            key.cancel();
        }
    }

    private void leftTheLine(Outcome outcome) {
        long nanos = site.gate().now() - visit.arrivalNanos();
        site.traffic().held(outcome, nanos);
        visit.log(LOG, site, () -> outcome + " after " + inSeconds(Duration.ofNanos(nanos)));
    }

    /** To be called with the monitor of this. */
    private void end() {
        over = true;
        if (watch != null) {
            watch.cancel();
        }
    }

    @Override
    public boolean hasLeft() {
        return probe.probe() == ClientProbe.State.GONE;
    }

    @Override
    public Optional<Duration> patience() {
        return site.waitingPage().patience((HttpServletRequest) context.getRequest());
    }

    @Override
    public void released(Passage passage) {
        leftTheLine(Outcome.RELEASED);
        if (!dispatch(new Step.Released(passage))) {
            passage.abandon();
        }
    }

    @Override
    public void turnedAway(Outcome outcome, String message) {
        leftTheLine(outcome);
        dispatch(new Step.TurnedAway(outcome, message));
    }

    /**
     * Returns whether the container takes it; otherwise the client is answered, if it is still there. One step against
     * {@link #onTimeout}: T1 (the gate) has decided and not acted, T2 (the container) asks and is told nothing, would be an
     * error page of the container's.
     */
    private synchronized boolean dispatch(Step step) {
        if (over) {
            return false;
        }
        end();
        if (!site.isStopping()) { // a context that is going down takes no dispatch, and says so with a stack trace
            try {
                visit.dispatch(context, step);
                return true;
            } catch (RuntimeException e) {
                visit.log(LOG, site, () -> "not dispatched: " + step + ": " + e);
            }
        }
        note(step instanceof Step.TurnedAway away ? away.outcome() : Outcome.REFUSED);
        Answers.concludeUndispatched(step, context);
        return false;
    }

    @Override
    public void abandoned() {
        leftTheLine(Outcome.ABANDONED);
        synchronized (this) {
            end();
        }
        try {
            note(Outcome.ABANDONED);
            ((HttpServletResponse) context.getResponse()).setStatus(CLIENT_LEFT);
            context.complete();
        } catch (IllegalStateException expected) {
            // The container noticed it too.
        }
    }

    /** The client left (HTTP/2). */
    @Override
    public void onError(AsyncEvent event) {
        leaves();
    }

    /** The client is known to have left, which the gate does not know yet. Any thread. */
    void leaves() {
        if (held == null || held.leave(Outcome.ABANDONED)) {
            abandoned();
        }
    }

    /** For the access log, where no dispatch comes that could. */
    private void note(Outcome outcome) {
        try {
            long heldNanos = site.gate().now() - visit.arrivalNanos();
            AccessLog.held(context.getRequest(), heldNanos / 1_000_000, outcome);
        } catch (IllegalStateException expected) {
            // The request is over, and with it its line.
        }
    }

    /** There is no time limit: the container is going down. */
    @Override
    public synchronized void onTimeout(AsyncEvent event) {
        if (held != null && held.leave(Outcome.REFUSED)) {
            leftTheLine(Outcome.REFUSED);
        }
        if (!over) {
            end();
            note(Outcome.REFUSED);
            Answers.concludeUndispatched(new Step.TurnedAway(Outcome.REFUSED, ""), context);
        }
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        site.held().ended(); // dispatched, and on its way
    }

    /** T1 (the gate) dispatches, T2 (the container) has just read that the client left: the dispatch never runs. */
    @Override
    public void onComplete(AsyncEvent event) {
        if (visit.takeStep() instanceof Step.Released released) {
            released.passage().abandon();
        }
        site.held().ended();
    }
}
