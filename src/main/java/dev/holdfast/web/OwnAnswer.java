package dev.holdfast.web;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * An answer that Holdfast gives itself, in the place of the site: what it says, not how it looks or gets there.
 *
 * @param retryAfter when to come again, at least a second, rounded up to seconds; said with 503 only
 * @param message the operator's own words in the place of ours, or empty
 * @param closed what a page can say of the closed gate; empty where that is not why we answer
 */
record OwnAnswer(Kind kind, Duration retryAfter, String message, Optional<ClosedSite> closed) {
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE"); // RFC 9110 §9.2.1

    /** Whether the site has got the request. */
    enum Forwarded {
        NO,
        UNKNOWN
    }

    /** Whether a page that was asked for with GET comes again by itself. */
    enum Reload {
        BY_ITSELF,
        BY_HAND
    }

    /** Why Holdfast answers itself. */
    enum Kind {
        /** Held for as long as a request may be held. */
        EXPIRED(
                503,
                Forwarded.NO,
                Reload.BY_ITSELF,
                "Back in a moment",
                "The site is being upgraded, and it takes longer than usual."),
        /** Held for as long as a browser is to wait without seeing a page. */
        WAITING(503, Forwarded.NO, Reload.BY_ITSELF, "Back in a moment", "The site is being upgraded."),
        /** Not held, because as many are held as may be. */
        OVER_LIMIT(
                503,
                Forwarded.NO,
                Reload.BY_ITSELF,
                "Back in a moment",
                "The site is being upgraded, and many wait for it."),
        /** The same request came again while this one was held. */
        REPLACED(
                409,
                Forwarded.NO,
                Reload.BY_HAND,
                "Sent again",
                "The same request was sent again while this one was waiting, and has taken its place."),
        /** Sent away by the operator. */
        REFUSED(503, Forwarded.NO, Reload.BY_HAND, "Closed for now", "The site is closed for now."),
        /** Holdfast itself is being stopped. */
        STOPPING(503, Forwarded.NO, Reload.BY_ITSELF, "Back in a moment", "The site is being restarted."),
        /** Holdfast itself is being stopped, and did not wait longer for the upstream's answer. */
        CUT_SHORT(
                503,
                Forwarded.UNKNOWN,
                Reload.BY_ITSELF,
                "Back in a moment",
                "The server was restarted before the site had answered."),
        /** No connection to the upstream; not one byte was sent. */
        UNREACHABLE(502, Forwarded.NO, Reload.BY_HAND, "The site is not there", "The site cannot be reached."),
        /** All connections to the upstream are in use; not one byte was sent. */
        BUSY(503, Forwarded.NO, Reload.BY_ITSELF, "Back in a moment", "The site is busy."),
        /** The upstream broke off, or answered what is no HTTP. */
        BROKEN_ANSWER(
                502, Forwarded.UNKNOWN, Reload.BY_HAND, "The site did not answer", "The site did not answer properly."),
        /** The upstream did not answer in time. */
        NO_ANSWER_IN_TIME(
                504, Forwarded.UNKNOWN, Reload.BY_HAND, "The site did not answer", "The site did not answer in time."),
        /** A filter of the same web application has read the request's body before us. */
        BODY_TAKEN(
                500,
                Forwarded.NO,
                Reload.BY_HAND,
                "Not passed on",
                "A filter before Holdfast has read the request's body, for instance with getParameter() or getReader(), so it"
                        + " cannot be passed on. Let Holdfast's filter come first, or let that filter leave the body alone."),
        /** The same, but it has read or replaced a part, which is seen only at the end. */
        BODY_CHANGED(
                500,
                Forwarded.UNKNOWN,
                Reload.BY_HAND,
                "Not passed on",
                "A filter before Holdfast has read or replaced a part of the request's body, so its length is no longer what"
                        + " Content-Length says. Let Holdfast's filter come first, or let that filter leave the body alone."),
        /** The request is no valid HTTP, so that it cannot be passed on. */
        BAD_REQUEST(400, Forwarded.NO, Reload.BY_HAND, "Not a valid request", "The request is not valid HTTP.");

        final int status;
        final Forwarded forwarded;
        final Reload reload;
        final String title;
        final String text;

        Kind(int status, Forwarded forwarded, Reload reload, String title, String text) {
            this.status = status;
            this.forwarded = forwarded;
            this.reload = reload;
            this.title = title;
            this.text = text;
        }
    }

    OwnAnswer(Kind kind, Duration retryAfter, String message) {
        this(kind, retryAfter, message, Optional.empty());
    }

    /** An answer with our own words. */
    static OwnAnswer of(Kind kind, Duration retryAfter) {
        return new OwnAnswer(kind, retryAfter, "");
    }

    /** For {@code Retry-After} (RFC 9110 §10.2.3). */
    long retryAfterSeconds() {
        return Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds());
    }

    /** What happened: the operator's words, or ours. */
    String text() {
        return message.isEmpty() ? kind.text : message;
    }

    /** What is said of GET is said of HEAD, whose fields are the same (RFC 9110 §9.3.2). */
    boolean reloadsByItself(String method) {
        return kind.reload == Reload.BY_ITSELF && (method.equals("GET") || method.equals("HEAD"));
    }

    /** What the sender of a request with this method is to know and to do; may be empty. */
    String advice(String method) {
        boolean later = kind.status == 503;
        String when = later ? " in " + retryAfterSeconds() + " s" : "";
        if (SAFE.contains(method)) {
            return kind == Kind.BAD_REQUEST ? "" : "Please try again" + when + ".";
        }
        if (kind == Kind.REPLACED) {
            return "It was not passed on to the site; the answer goes to the one that was sent last.";
        }
        return kind.forwarded == Forwarded.UNKNOWN
                ? "It is not known whether the site has acted on your request: please check before you send it again."
                : "Your request was not passed on to the site"
                        + (kind == Kind.BAD_REQUEST ? "." : ", so you can send it again" + when + ".");
    }
}
