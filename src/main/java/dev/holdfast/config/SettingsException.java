package dev.holdfast.config;

/** Settings are wrong; the message, made for the operator, names each with its value, its place and what is allowed. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public SettingsException(String message) {
        super(message);
    }
}
