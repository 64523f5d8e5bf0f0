package dev.holdfast.web;

import static dev.holdfast.config.Durations.inSeconds;

import dev.holdfast.gate.Passage;
import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.Failure;
import dev.holdfast.proxy.Tunnel;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A request while it is with the upstream: turns what becomes of it into steps of the passage and of the visit. */
final class ProxiedVisit implements ExchangeListener {
    private static final Logger LOG = Logger.getLogger(ProxiedVisit.class.getName());

    /** RFC 9110, section 15.5.9. */
    private static final int TOO_SLOW = 408;

    /** Client closed the request: nginx's word for it, seen in access logs only. */
    private static final int CLIENT_LEFT = 499;

    private final Site site;
    private final Visit visit;
    private final AsyncContext context;

    ProxiedVisit(Site site, Visit visit, AsyncContext context) {
        this.site = site;
        this.visit = visit;
        this.context = context;
    }

    @Override
    public void answered(int status, boolean stream) {
        Passage passage = visit.passage(); // null where it passes beside the gate
        if (passage != null) {
            Visit.answered(passage, status);
        }
        long nanos = site.gate().now() - (passage == null ? visit.arrivalNanos() : passage.passedNanos());
        site.traffic().answered(nanos);
        if (LOG.isLoggable(Level.FINE)) { // this one is on the path of every request
            fine(() -> status + " after " + inSeconds(Duration.ofNanos(nanos)));
        }
        if (stream && passage != null) {
            passage.becomeStream();
        }
    }

    @Override
    public boolean waitsAtTheGate() {
        return visit.passage() != null;
    }

    @Override
    public void headSent() {
        AnnouncedLength.forget(context.getResponse());
    }

    @Override
    public void interim(int status, List<Map.Entry<String, String>> fields) throws IOException {
        Http2Answer.send(context.getRequest(), status, fields);
    }

    @Override
    public void headIsAll() throws IOException {
        Http2Answer.endWithHead(context);
    }

    @Override
    public void uploadUnwanted() {
        UploadLength.forget(context.getRequest());
    }

    @Override
    public boolean isReset() {
        return Http2Stream.isReset(context.getRequest());
    }

    @Override
    public void upstreamDone() {
        Passage passage = visit.passage();
        if (passage != null) {
            passage.end();
        }
    }

    @Override
    public void refused(String detail) {
        if (!visit.isToBeHeldWhenRefused()) {
            if (site.gate().isShut()) { // everybody knows that already
                failedUntold(Failure.UNREACHABLE, detail);
            } else {
                failed(Failure.UNREACHABLE, detail);
            }
            return;
        }
        site.check().refused(detail);
        holdAgain();
    }

    @Override
    public boolean mayBegin() {
        Passage passage = visit.passage();
        return passage == null || passage.mayBegin();
    }

    @Override
    public void heldBack() {
        holdAgain();
    }

    private void holdAgain() {
        try {
            context.addListener(new NeverDispatched(this::upstreamDone));
        } catch (IllegalStateException clientLeft) {
            upstreamDone();
            return;
        }
        dispatch(new Step.HoldAgain());
    }

    @Override
    public void failed(Failure failure, String detail) {
        site.failures().failed(failure.name(), failure.status() + ": " + detail);
        failedUntold(failure, detail);
    }

    private void failedUntold(Failure failure, String detail) {
        site.traffic().failed(failure);
        fine(() -> failure.status() + ": " + detail);
        dispatch(new Step.Failed(failure));
    }

    @Override
    public void switched(Tunnel tunnel) {
        try {
            context.addListener(new NeverDispatched(tunnel::clientGone));
        } catch (IllegalStateException clientLeft) {
            tunnel.abort();
            return;
        }
        if (!dispatch(new Step.Switched(tunnel))) {
            tunnel.abort();
        }
    }

    @Override
    public void cut(String detail) {
        cut(detail, new Step.Cut());
    }

    @Override
    public void unwritable(String detail) {
        cut(detail, new Step.Unwritable());
    }

    private void cut(String detail, Step step) {
        site.traffic().cut();
        site.failures().failed("CUT", detail + "; the client's connection is cut");
        fine(() -> detail + "; the client's connection is cut");
        dispatch(step);
    }

    @Override
    public void clientGone(boolean tooSlow, String detail) {
        fine(() -> detail);
        dispatch(new Step.ClientGone(tooSlow ? TOO_SLOW : CLIENT_LEFT));
    }

    private void fine(Supplier<String> what) {
        visit.log(LOG, site, what);
    }

    @Override
    public void clientLeft() {
        site.traffic().clientGone();
    }

    @Override
    public ClientLook clientLook() {
        ClientProbe probe;
        try {
            probe = ClientProbe.of(context.getRequest());
        } catch (RuntimeException requestIsOver) {
            return (bodyIsRead, endless) -> false;
        }
        return (bodyIsRead, endless) -> {
            ClientProbe.State seen = probe.probe(bodyIsRead);
            return seen == ClientProbe.State.GONE || endless && seen == ClientProbe.State.FULL;
        };
    }

    /** Returns whether the container takes it; the client is answered if not. */
    private boolean dispatch(Step step) {
        if (!site.isStopping()) {
            try {
                visit.dispatch(context, step);
                return true;
            } catch (RuntimeException e) {
                // The client left in this moment, or the context is being stopped.
                visit.log(LOG, site, () -> "not dispatched: " + step + ": " + e);
            }
        }
        upstreamDone();
        Answers.concludeUndispatched(step, context);
        return false;
    }

    /** The client left, and the container read that before it ran the dispatch, which then never comes. */
    private final class NeverDispatched implements AsyncListener {
        private final Runnable end;

        NeverDispatched(Runnable end) {
            this.end = end;
        }

        @Override
        public void onComplete(AsyncEvent event) {
            if (visit.takeStep() != null) {
                end.run();
            }
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // It has been dispatched.
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // onComplete follows.
        }

        @Override
        public void onError(AsyncEvent event) {
            // As above.
        }
    }
}
