package dev.holdfast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BypassSecretTest {
    private static final String VALUE = "correct-horse.battery_staple~1";

    private final BypassSecret secret = BypassSecret.parse(VALUE);

    @Test
    void isItselfAndNothingElse() {
        assertTrue(secret.is(VALUE));
        assertFalse(secret.is(null));
        assertFalse(secret.is(""));
        assertFalse(secret.is(VALUE + "x"));
        assertFalse(secret.is(VALUE.substring(1)));
        assertFalse(secret.is(secret.token()));
    }

    @Test
    void theTokenIsOfThisSecretAlone() {
        assertTrue(secret.isToken(secret.token()));
        assertFalse(secret.isToken(VALUE));
        assertFalse(secret.isToken(null));
        assertFalse(secret.isToken(""));
        assertTrue(secret.token().matches("[A-Za-z0-9_-]{43}"), "fit for a cookie: " + secret.token());
        assertEquals(secret.token(), BypassSecret.parse(VALUE).token());
        assertNotEquals(secret.token(), BypassSecret.parse(VALUE + "x").token());
    }

    @Test
    void noneIsNobodys() {
        BypassSecret none = BypassSecret.parse("none");

        assertTrue(none.isNone());
        assertFalse(none.is("none") || none.is("") || none.is(null));
        assertFalse(none.isToken("null") || none.isToken("") || none.isToken(null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "too-short",
                "with spaces in the text",
                "per%cent-per%cent",
                "a+b+c+d+e+f+g+h+i",
                "é1234567890123456"
            })
    void whatIsShortOrWrittenInTwoWaysIsRefusedAndNotShown(String value) {
        String message = assertThrows(IllegalArgumentException.class, () -> Setting.BYPASS_SECRET.parse(value))
                .getMessage();

        assertTrue(message.contains(BypassSecret.ALLOWED), message);
        assertFalse(!value.isEmpty() && message.contains(value), message);
    }

    @Test
    void showsItselfToNobody() {
        assertEquals("not shown", secret.toString());
    }
}
