package dev.holdfast.gate;

import java.util.Objects;

/**
 * One reason that keeps the gate closed.
 *
 * @param detail one line for the operator: what was seen; where {@code refusing}, the message for the clients
 * @param refusing whether requests are turned away instead of held
 * @param sinceNanos when the reason came up, on the gate's clock
 */
public record Closure(Reason reason, String detail, boolean refusing, long sinceNanos) {
    public Closure {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(detail, "detail");
    }
}
