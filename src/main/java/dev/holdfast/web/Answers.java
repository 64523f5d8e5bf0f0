package dev.holdfast.web;

import dev.holdfast.config.Printable;
import dev.holdfast.proxy.Failure;
import dev.holdfast.proxy.UnreadBody;
import dev.holdfast.web.OwnAnswer.Kind;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Which answer of our own, or which end without one, a request gets that does not get the site's. Thread-safe. */
final class Answers {
    private static final Logger LOG = Logger.getLogger(Answers.class.getName());
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration LATER = Duration.ofSeconds(60);

    private final Optional<ClosedSite> closed;

    Answers(ClosedSite closed) {
        this.closed = Optional.of(closed);
    }

    /**
     * Acts on a step that ends the request. To be called by the container's thread.
     *
     * @throws IOException to cut the client's connection: the only way to tell a container, once the response has begun
     */
    void conclude(Step step, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (step instanceof Step.TurnedAway away) {
            AnswerWriter.write(answer(away), request, response);
        } else if (step instanceof Step.Failed failed) {
            AnswerWriter.write(OwnAnswer.of(kind(failed.failure()), SOON), request, response);
        } else if (step instanceof Step.Switched switched) {
            TunnelVisit.begin(switched.tunnel(), request, response);
        } else if ((step instanceof Step.Cut || step instanceof Step.Unwritable) && response.isCommitted()) {
            throw ClientCut.exception("the upstream broke off its answer");
        } else if (step instanceof Step.Cut) { // broken off so early that nothing has left
            response.reset();
            AnswerWriter.write(OwnAnswer.of(Kind.BROKEN_ANSWER, SOON), request, response);
        } else if (step instanceof Step.Unwritable) {
            endUnanswered(Kind.BROKEN_ANSWER.status, request, response);
        } else if (step instanceof Step.ClientGone && response.isCommitted()) {
            throw ClientCut.exception("the client left, or takes nothing");
        } else if (step instanceof Step.ClientGone gone) {
            endUnanswered(gone.status(), request, response);
        } else {
            throw new IllegalArgumentException("no end: " + step);
        }
    }

    /** Without a body; nobody reads the rest of the request, which over HTTP/1.1 only the end of the connection stops. */
    private static void endUnanswered(int status, HttpServletRequest request, HttpServletResponse response) {
        UnreadBody.discard(request);
        response.reset();
        response.setStatus(status);
        response.setContentLength(0);
        if (request.getProtocol().startsWith("HTTP/1")) { // RFC 9113, section 8.2.2
            response.setHeader("Connection", "close");
        }
    }

    static void badRequest(String message, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        AnswerWriter.write(new OwnAnswer(Kind.BAD_REQUEST, SOON, message), request, response);
    }

    /** For whoever made the web application, so it is said in the log too. */
    static void bodyTaken(HttpServletRequest request, HttpServletResponse response) throws IOException {
        LOG.warning(Kind.BODY_TAKEN.text);
        AnswerWriter.write(OwnAnswer.of(Kind.BODY_TAKEN, SOON), request, response);
    }

    /**
     * Instead of {@link #conclude}, in any thread, while the context is going down and dispatches no more. Whoever left
     * meanwhile gets nothing.
     */
    static void concludeUndispatched(Step step, AsyncContext context) {
        if (step instanceof Step.Cut || step instanceof Step.Unwritable || step instanceof Step.ClientGone) {
            cut(context);
            return;
        }
        boolean sent = step instanceof Step.Failed failed && failed.failure().isSent();
        Kind kind = sent ? Kind.CUT_SHORT : Kind.STOPPING;
        try {
            AnswerWriter.sendDirectly(OwnAnswer.of(kind, SOON), context);
        } catch (IOException | IllegalStateException e) {
            if (LOG.isLoggable(Level.FINE)) {
                LOG.log(Level.FINE, Printable.escaped(e), () -> Printable.line("nobody to answer: " + step));
            }
        }
    }

    /** A task that fails is what makes a container cut the connection when it dispatches no more. */
    private static void cut(AsyncContext context) {
        try {
            context.start(() -> {
                throw new IllegalStateException("the answer is broken off");
            });
            context.complete();
        } catch (IllegalStateException e) {
            if (LOG.isLoggable(Level.FINE)) {
                LOG.log(Level.FINE, Printable.escaped(e), () -> "nobody to cut");
            }
        }
    }

    private OwnAnswer answer(Step.TurnedAway away) {
        return switch (away.outcome()) {
            case REFUSED -> new OwnAnswer(Kind.REFUSED, LATER, away.message(), closed);
            case REPLACED -> OwnAnswer.of(Kind.REPLACED, SOON);
            case EXPIRED -> new OwnAnswer(Kind.EXPIRED, SOON, away.message(), closed);
            case POSTPONED -> new OwnAnswer(Kind.WAITING, SOON, away.message(), closed);
            case REJECTED -> new OwnAnswer(Kind.OVER_LIMIT, SOON, away.message(), closed);
            case RELEASED, ABANDONED -> throw new IllegalArgumentException("not turned away: " + away);
        };
    }

    private static Kind kind(Failure failure) {
        return switch (failure) {
            case UNREACHABLE -> Kind.UNREACHABLE;
            case BROKEN -> Kind.BROKEN_ANSWER;
            case SILENT -> Kind.NO_ANSWER_IN_TIME;
            case BUSY -> Kind.BUSY;
            case BODY_CHANGED -> Kind.BODY_CHANGED;
        };
    }
}
