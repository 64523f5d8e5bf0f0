package dev.holdfast.balance;

import dev.holdfast.config.UpstreamAddress;
import java.util.Optional;

/** Told on the balance thread where the balance file sends requests. */
@FunctionalInterface
public interface UpstreamSwitch {
    /**
     * Requests go there; told before the gate opens, and whenever the address changes. What it closes the gate for stays
     * closed. Should it throw, the gate stays as it is, and this is told again at the next poll.
     *
     * @param upstream empty for the configured one
     */
    void forward(Optional<UpstreamAddress> upstream);

    /** Requests go nowhere, and the gate is closed for that: the upstream may be worked on. */
    default void hold() {}
}
