package dev.holdfast.web;

import dev.holdfast.config.Printable;
import dev.holdfast.gate.Passage;
import dev.holdfast.gate.Traveller;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.function.Supplier;
import java.util.logging.Logger;

/**
 * One request on its way through filter and servlet; travels as an attribute of the request. Written by container threads
 * one after the other; only {@link #dispatch} may come from another.
 */
final class Visit implements Traveller {
    private final String method;
    private final String target;
    private final long arrivalNanos;
    private Passage passage;
    private boolean mayBeHeld;
    private long heldMillis = -1;
    private boolean taken;
    private Step next; // guarded by this

    private Visit(String method, String target, long arrivalNanos) {
        this.method = method;
        this.target = target;
        this.arrivalNanos = arrivalNanos;
    }

    /** @param query what of the client's own is to go on; null if there is none */
    static Visit of(HttpServletRequest request, String query, long arrivalNanos) {
        String path = request.getRequestURI();
        return new Visit(request.getMethod(), query == null ? path : path + "?" + query, arrivalNanos);
    }

    @Override
    public String method() {
        return method;
    }

    /** The request target as the client sent it: some containers change it when they dispatch. */
    @Override
    public String target() {
        return target;
    }

    /** On the gate's clock. */
    long arrivalNanos() {
        return arrivalNanos;
    }

    /** At FINE, what becomes of this request; costs next to nothing where nobody listens. */
    void log(Logger logger, Site site, Supplier<String> what) {
        logger.fine(() -> Printable.escaped(site.name() + ": " + method + " " + target + ": " + what.get()));
    }

    /** Null until the gate let it pass; where it passes beside the gate; and where no filter stands in front of the servlet. */
    Passage passage() {
        return passage;
    }

    void pass(Passage admitted) {
        passage = admitted;
        taken = false;
    }

    /** It passes beside the gate, only because an operator wants it so: where there is no upstream, it waits like others. */
    void mayBeHeld() {
        mayBeHeld = true;
    }

    boolean isToBeHeldWhenRefused() {
        return passage != null || mayBeHeld;
    }

    void held(long millis) {
        heldMillis = millis;
    }

    /** Negative where it was not held. */
    long heldMillis() {
        return heldMillis;
    }

    /** Tells the gate what an answer with this status says of the site: 502, 503 and 504 come from one that is starting. */
    static void answered(Passage passage, int status) {
        if (status >= 502 && status <= 504) {
            passage.answeredNotUp();
        } else {
            passage.answered();
        }
    }

    /** The servlet takes it over to end the passage. */
    void take() {
        taken = true;
    }

    boolean isTaken() {
        return taken;
    }

    /**
     * Hands the request back to the container, for this step.
     *
     * @throws RuntimeException if the container does not take it: the request has ended, or its context is being stopped
     */
    void dispatch(AsyncContext context, Step step) {
        setStep(step);
        try {
            context.dispatch();
        } catch (RuntimeException e) {
            setStep(null);
            throw e;
        }
    }

    private synchronized void setStep(Step step) {
        next = step;
    }

    /** What a dispatch is for, once; null when it was not us who dispatched, or somebody has taken it already. */
    synchronized Step takeStep() {
        Step step = next;
        next = null;
        return step;
    }
}
