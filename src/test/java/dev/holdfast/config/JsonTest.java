package dev.holdfast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void readsEveryKindOfValue() {
        Map<?, ?> object = Json.object(
                " {\"s\":\"a\\\"\\\\\\n\\u00e9\", \"n\":-12.5e1,\"l\":[1,{},[] ],\"t\":true,\"f\":false,\"z\":null}\n");

        assertEquals("a\"\\\n\u00e9", object.get("s"));
        assertEquals(-125.0, object.get("n"));
        assertEquals(Arrays.asList(1.0, Map.of(), List.of()), object.get("l"));
        assertEquals(true, object.get("t"));
        assertEquals(false, object.get("f"));
        assertEquals(true, object.containsKey("z") && object.get("z") == null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "1",
                "[]",
                "{",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1",
                "{\"a\":\"b",
                "{} {}",
                "{\"a\":\"\\u12"
            })
    void refusesWhatIsCutOrNoObject(String text) {
        assertThrows(IllegalArgumentException.class, () -> Json.object(text));
    }
}
