package dev.holdfast.gate;

/**
 * Says whether what opened the gate may still be relied on: somebody else may have closed it while this process did not run.
 * Thread-safe; asked for every request, so it must be fast.
 */
public interface Lease {
    boolean isValid();

    /** Why the gate is closed, for the reason CLUSTER, when it is found not to be valid: one line for the operator. */
    String lapse();
}
