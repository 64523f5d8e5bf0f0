package dev.holdfast.config;

import java.time.Duration;
import java.util.Locale;

/** Durations as they are written in settings, and as they are told in log and commands. */
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

    /** For people: {@code 41.2 s}, whatever the locale. */
    public static String inSeconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toNanos() / 1e9);
    }
}
