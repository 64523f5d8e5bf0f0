package dev.holdfast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingTest {
    @ParameterizedTest
    @EnumSource
    void defaultIsAllowed(Setting setting) {
        assertTrue(setting.parse(setting.defaultValue()) != null);
    }

    @ParameterizedTest
    @EnumSource
    void refusalNamesTheValueAndWhatIsAllowed(Setting setting) {
        String bad = "\0 no such thing";

        var refused = assertThrows(IllegalArgumentException.class, () -> setting.parse(bad));

        assertEquals(!setting.isSecret(), refused.getMessage().contains('"' + bad + '"'), refused.getMessage());
        assertTrue(refused.getMessage().contains(setting.allowed()), refused.getMessage());
    }

    @Test
    void keysAndOptionsDiffer() {
        assertEquals(
                Setting.values().length,
                Arrays.stream(Setting.values())
                        .map(Setting::key)
                        .collect(Collectors.toSet())
                        .size());
        assertEquals("--hold-limit-per-client", Setting.HOLD_LIMIT_PER_CLIENT.option());
        assertEquals("--upstream", Setting.UPSTREAM.option());
    }

    @ParameterizedTest
    @CsvSource({"500ms,500", "30s,30000", "2m,120000", "1h,3600000", "1ms,1", "24h,86400000"})
    void readsDurations(String text, long millis) {
        assertEquals(Duration.ofMillis(millis), Setting.MAX_HOLD.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0s", "60", "-1s", "+1s", "1.5s", " 60s", "60 s", "60S", "25h", "9999999999s", "PT1M"})
    void refusesOtherDurations(String text) {
        assertThrows(IllegalArgumentException.class, () -> Setting.MAX_HOLD.parse(text));
    }

    @Test
    void endsOfRangesAreAllowedAndTheNextIsNot() {
        assertEquals(Duration.ofMillis(50), Setting.POLL_INTERVAL.parse("50ms"));
        assertThrows(IllegalArgumentException.class, () -> Setting.POLL_INTERVAL.parse("49ms"));
        assertEquals(1_000_000, Setting.HOLD_LIMIT.parse("1000000"));
        assertThrows(IllegalArgumentException.class, () -> Setting.HOLD_LIMIT.parse("1000001"));
        assertThrows(IllegalArgumentException.class, () -> Setting.HOLD_LIMIT.parse("0"));
        assertEquals(0, Setting.HOLD_LIMIT_PER_CLIENT.parse("0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1e3", "0x10", "1_000", "12345678901", "١"})
    void refusesOtherNumbers(String text) {
        assertThrows(IllegalArgumentException.class, () -> Setting.HOLD_LIMIT.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yes", "TRUE", "1"})
    void refusesOtherBooleans(String text) {
        assertThrows(IllegalArgumentException.class, () -> Setting.BALANCE_WATCH.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"x-forwarded,X_FORWARDED", "forwarded,FORWARDED", "both,BOTH", "none,NONE"})
    void readsForwardedHeaders(String text, ForwardedHeaders expected) {
        assertEquals(expected, Setting.FORWARDED_HEADERS.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "X-",
                "Host",
                "Held",
                "Cookie",
                "X-Forwarded-For",
                "x-forwarded-x",
                "X-Held Ms",
                "X-Held:",
                "X_Held"
            })
    void refusesAHeldHeaderThatMeansSomethingElse(String text) {
        assertThrows(IllegalArgumentException.class, () -> Setting.HELD_HEADER.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "up", "/up?x", "//up", "/%75p", "/a/../up"})
    void refusesAHealthPathThatIsNotPlain(String text) {
        assertThrows(IllegalArgumentException.class, () -> Setting.HEALTH_PATH.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "/", ".", "balance/..", "a\0b"})
    void refusesPathsThatCannotBeAFile(String text) {
        assertThrows(IllegalArgumentException.class, () -> Setting.BALANCE_FILE.parse(text));
    }
}
