package dev.holdfast.config;

import java.time.Duration;

/** The ranges that the records themselves insist on, for values that did not come through the loader. */
final class Ranges {
    private Ranges() {}

    static void positive(String setting, Duration value) {
        check(value.compareTo(Duration.ZERO) > 0, setting, value, "a positive duration");
    }

    static void atLeast(String setting, int value, int least) {
        check(value >= least, setting, value, "a number from " + least);
    }

    static void check(boolean fits, String setting, Object value, String allowed) {
        if (!fits) {
            throw new IllegalArgumentException(setting + ": " + ValueType.refusal(String.valueOf(value), allowed));
        }
    }
}
