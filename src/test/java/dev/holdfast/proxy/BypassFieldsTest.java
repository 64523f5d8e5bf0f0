package dev.holdfast.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BypassFieldsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "holdfast-bypass=t|",
                "holdfast-bypass=t; a=b|a=b",
                "a=b; holdfast-bypass=t|a=b",
                "a=b; holdfast-bypass=t; c=d|a=b; c=d",
                "a=b;holdfast-bypass=t;c=d|a=b;c=d",
                "a=b;  holdfast-bypass = t ;  c=\"d e\" ;f|a=b;  c=\"d e\" ;f",
                "holdfast-bypass=t; a=b; holdfast-bypass=u|a=b",
                "holdfast-bypass; a=b|a=b",
                "a=b; holdfast-bypass=t;|a=b;"
            })
    void takesOurCookieOutAndLeavesTheOthersAsTheyAre(String cookies, String others) {
        assertEquals(others == null ? "" : others, BypassFields.withoutCookie(cookies));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ";",
                "a=b",
                "a=holdfast-bypass",
                "a=holdfast-bypass=t; ; b",
                "my-holdfast-bypass=t",
                "holdfast-bypass2=t",
                "Holdfast-Bypass=t",
                " a=b ;; c=d ;"
            })
    void touchesNothingElse(String cookies) {
        assertSame(cookies, BypassFields.withoutCookie(cookies));
        assertNull(BypassFields.cookie(cookies));
    }

    @Test
    void findsOurCookie() {
        assertEquals("t", BypassFields.cookie("holdfast-bypass=t"));
        assertEquals("t=", BypassFields.cookie("a=b; holdfast-bypass=t=;c=d"));
        assertEquals("", BypassFields.cookie("holdfast-bypass="));
        assertNull(BypassFields.cookie("holdfast-bypass"));
        assertNull(BypassFields.cookie(null));
    }
}
