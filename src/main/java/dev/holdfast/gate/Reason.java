package dev.holdfast.gate;

/** Why the gate is closed. The gate is open when there is no reason left. */
public enum Reason {
    /** The balance file is absent, or says something else than "forward". */
    BALANCE_FILE,
    /** The upstream refuses connections. */
    UPSTREAM,
    /** The switch that several nodes share is off. */
    CLUSTER,
    /** Holdfast itself is being stopped. */
    STOPPING;

    /** Whether somebody wants the site for himself; otherwise nobody can have it. */
    public boolean isOperators() {
        return this == BALANCE_FILE || this == CLUSTER;
    }
}
