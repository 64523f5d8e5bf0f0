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
    private Optional<UpstreamAddress> ofFile; // null while it holds; guarded by lock, like the other
    private Optional<UpstreamAddress> ofFleet;

    Directions(UpstreamSwitch upstream) {
        this.upstream = upstream;
    }

    UpstreamSwitch ofFile() {
        return new UpstreamSwitch() {
            @Override
            public void forward(Optional<UpstreamAddress> address) {
                synchronized (lock) {
                    ofFile = address;
                    forwardIfBothDo();
                }
            }

            @Override
            public void hold() {
                synchronized (lock) {
                    ofFile = null;
                    upstream.hold();
                }
            }
        };
    }

    UpstreamSwitch ofFleet() {
        return new UpstreamSwitch() {
            @Override
            public void forward(Optional<UpstreamAddress> address) {
                synchronized (lock) {
                    ofFleet = address;
                    forwardIfBothDo();
                }
            }

            @Override
            public void hold() {
                synchronized (lock) {
                    ofFleet = null;
                    upstream.hold();
                }
            }
        };
    }

    private void forwardIfBothDo() {
        if (ofFile != null && ofFleet != null) {
            upstream.forward(ofFleet.isPresent() ? ofFleet : ofFile);
        }
    }
}
