package dev.holdfast.balance;

import dev.holdfast.gate.Closure;
import dev.holdfast.gate.GateSnapshot;

/** How it is with a site, in one word. */
public enum SiteState {
    OPEN,
    /** Open, but some who waited have not yet gone on. */
    RELEASING,
    DRAINING,
    DRAINED,
    /** Closed, and not by the balance file, so that nobody may rely on it: it may open at any time. */
    HOLDING,
    REFUSING,
    STOPPED;

    /** @param closedByFile whether the balance file was read, and closes the gate */
    public static SiteState of(GateSnapshot gate, boolean closedByFile) {
        if (gate.isOpen()) {
            return gate.held() == 0 ? OPEN : RELEASING;
        }
        if (gate.closures().stream().anyMatch(Closure::refusing)) {
            return REFUSING;
        }
        if (!closedByFile) {
            return HOLDING;
        }
        return gate.isDrained() ? DRAINED : DRAINING;
    }
}
