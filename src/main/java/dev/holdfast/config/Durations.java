package dev.holdfast.config;

import java.time.Duration;

/** Durations as they are written in settings, for whoever asks for one elsewhere. */
public final class Durations {
    private Durations() {}

    /**
     * Reads a duration such as {@code 500ms}, {@code 30s}, {@code 2m} or {@code 1h}; least and most are written so too.
     *
     * @throws IllegalArgumentException if it is not allowed; the message names the value and what is allowed
     */
    public static Duration parse(String value, String least, String most) {
        return ValueType.duration(least, most).parse(value);
    }
}
