package dev.holdfast.cli;

/** An operator's command cannot be done; the message, made for the operator, says why. */
final class CommandException extends Exception {
    private static final long serialVersionUID = 1;

    CommandException(String message) {
        super(message);
    }
}
