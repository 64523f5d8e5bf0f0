package dev.holdfast.cluster;

import java.io.IOException;

/** The fleet cannot be asked or moved; the message, made for the operator, says why. */
public final class FleetException extends IOException {
    private static final long serialVersionUID = 1;

    FleetException(String message) {
        super(message);
    }
}
