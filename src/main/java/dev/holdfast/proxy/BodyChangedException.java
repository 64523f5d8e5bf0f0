package dev.holdfast.proxy;

import java.io.IOException;

/** The request's body has not the length that its head says. */
final class BodyChangedException extends IOException {
    private static final long serialVersionUID = 1;

    BodyChangedException(String message) {
        super(message);
    }
}
