package dev.holdfast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HoldMethodsTest {
    @ParameterizedTest
    @CsvSource({"POST,true", "PATCH,true", "post,true", "pOST,true", "GET,false", "PUT,false", "POSTS,false"})
    void thoseOfTheListAreHeldHoweverTheyAreWritten(String method, boolean held) {
        assertEquals(held, HoldMethods.parse("POST, PATCH").contain(method));
    }

    @Test
    void allAreAll() {
        assertTrue(HoldMethods.parse("all").areAll());
        assertTrue(HoldMethods.parse("all").contain("GET"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "post", "POST PUT", "POST,", "none", "all, POST", "*", "POST;PUT"})
    void anythingElseIsRefused(String list) {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> HoldMethods.parse(list))
                .getMessage()
                .contains(HoldMethods.ALLOWED));
    }
}
