package dev.holdfast.web;

import dev.holdfast.gate.Outcome;
import jakarta.servlet.ServletRequest;
import java.util.Locale;

/**
 * What the container's access log can tell of a request, by its attributes: {@code %{holdfast.outcome}r}. Nothing of one that simply
 * passed.
 */
final class AccessLog {
    static final String EXEMPT = "exempt";
    static final String BYPASS = "bypass";
    static final String HEALTH = "health";

    private static final String HELD_MILLIS = "holdfast.heldMillis";
    private static final String OUTCOME = "holdfast.outcome";

    /** For {@code conditionUnless} of the log: the target has a secret. */
    private static final String UNLOGGED = "holdfast.unlogged";

    private AccessLog() {}

    /** It was held, or was to be. */
    static void held(ServletRequest request, long millis, Outcome outcome) {
        request.setAttribute(HELD_MILLIS, millis);
        request.setAttribute(OUTCOME, outcome.name().toLowerCase(Locale.ROOT));
    }

    /** It did not wait, though others do. */
    static void notHeld(ServletRequest request, String why) {
        request.setAttribute(OUTCOME, why);
    }

    static void leaveOut(ServletRequest request) {
        request.setAttribute(UNLOGGED, true);
    }
}
