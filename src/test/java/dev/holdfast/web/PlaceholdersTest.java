package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaceholdersTest {
    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "none, none",
        "{{a}}, 1",
        "x{{a}}y{{ b }}z, x1y{{a}}z",
        "{{c}} {{a}}, {{c}} 1",
        "{{ {{a}} }}, {{ 1 }}",
        "{{a, {{a",
        "{{{a}}}, {1}",
        "{{}}{{a}, {{}}{{a}"
    })
    void knownNamesBecomeTheirValuesOnce(String text, String expected) {
        assertEquals(expected, Placeholders.replace(text, Map.of("a", "1", "b", "{{a}}")));
    }
}
