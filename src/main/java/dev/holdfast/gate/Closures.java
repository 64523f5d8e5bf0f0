package dev.holdfast.gate;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The reasons that keep the gate closed. Guarded by the {@link WaitingRoom}. */
final class Closures {
    private final Map<Reason, Closure> closures = new EnumMap<>(Reason.class);
    private long sinceNanos;

    boolean isEmpty() {
        return closures.isEmpty();
    }

    boolean has(Reason reason) {
        return closures.containsKey(reason);
    }

    List<Closure> all() {
        return List.copyOf(closures.values());
    }

    /** How long there has been one or the other without a gap; zero when there is none. */
    long lastedNanos(long now) {
        return closures.isEmpty() ? 0 : now - sinceNanos;
    }

    /** A reason that is there already keeps the time at which it came up. */
    void put(Closure closure) {
        if (closures.isEmpty()) {
            sinceNanos = closure.sinceNanos();
        }
        closures.merge(
                closure.reason(),
                closure,
                (old, now) -> new Closure(now.reason(), now.detail(), now.refusing(), old.sinceNanos()));
    }

    void describe(Reason reason, String detail) {
        closures.computeIfPresent(reason, (same, old) -> new Closure(reason, detail, old.refusing(), old.sinceNanos()));
    }

    void remove(Reason reason) {
        closures.remove(reason);
    }

    /** Whether nobody at all is to get through, whatever his request: there is no upstream, or everybody is turned away. */
    boolean concernEverybody() {
        for (Closure closure : closures.values()) {
            if (closure.refusing() || !closure.reason().isOperators()) {
                return true;
            }
        }
        return false;
    }

    /** The closure that turns requests away; null when they are to be held. */
    Closure refusal() {
        for (Closure closure : closures.values()) {
            if (closure.refusing()) {
                return closure;
            }
        }
        return null;
    }
}
