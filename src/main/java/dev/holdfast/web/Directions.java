package dev.holdfast.web;

import dev.holdfast.balance.UpstreamSwitch;
import dev.holdfast.config.UpstreamAddress;
import java.util.Optional;

/**
 * Where requests go, when two have to say so: the balance file of this node, and the switch of the fleet. They go only where both
 * forward; to the address that the fleet's names, else to the one in the balance file, else to the configured one.
 *
 * <p>Called on the balance thread and on the cluster's, never for a request. One lock for all, across what is told: T1 has seen
 * both forward, T2 is told to hold, and what T1 says must not come after that.
 */
final class Directions {
    private final UpstreamSwitch upstream;
    private final Object lock = new Object();
    private final Voice file = new Voice();
    private final Voice fleet = new Voice();

    Directions(UpstreamSwitch upstream) {
        this.upstream = upstream;
    }

    UpstreamSwitch ofFile() {
        return file;
    }

    UpstreamSwitch ofFleet() {
        return fleet;
    }

    private final class Voice implements UpstreamSwitch {
        private Optional<UpstreamAddress> said; // null while it holds; guarded by lock

        @Override
        public void forward(Optional<UpstreamAddress> address) {
            synchronized (lock) {
                said = address;
                if (file.said != null && fleet.said != null) {
                    upstream.forward(fleet.said.or(() -> file.said));
                }
            }
        }

        @Override
        public void hold() {
            synchronized (lock) {
                said = null;
                upstream.hold();
            }
        }
    }
}
