package dev.holdfast.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON (RFC 8259): objects as maps, arrays as lists, strings, numbers as {@code Double}, booleans, null. Lenient where
 * that does no harm; not for what strangers send.
 */
final class Json {
    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException if it is no JSON object */
    static Map<?, ?> object(String text) {
        Json json = new Json(text);
        try {
            if (json.value() instanceof Map<?, ?> object && json.peek() == 0) {
                return object;
            }
        } catch (StringIndexOutOfBoundsException | NumberFormatException notJson) {
            throw json.wrong(notJson);
        }
        throw json.wrong(null);
    }

    private Object value() {
        char c = peek();
        if (c == '{') {
            return members();
        } else if (c == '[') {
            return elements();
        } else if (c == '"') {
            return string();
        }
        return literal();
    }

    private Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        expect('{');
        while (peek() != '}') {
            String name = string();
            expect(':');
            members.put(name, value());
            if (peek() != '}') {
                expect(',');
            }
        }
        expect('}');
        return members;
    }

    private List<Object> elements() {
        List<Object> elements = new ArrayList<>();
        expect('[');
        while (peek() != ']') {
            elements.add(value());
            if (peek() != ']') {
                expect(',');
            }
        }
        expect(']');
        return elements;
    }

    private String string() {
        expect('"');
        StringBuilder string = new StringBuilder();
        for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
            string.append(c == '\\' ? escaped(text.charAt(at++)) : c);
        }
        return string.toString();
    }

    private char escaped(char c) {
        if (c == 'u') {
            at += 4;
            return (char) Integer.parseInt(text.substring(at - 4, at), 16);
        }
        int place = "bfnrt".indexOf(c);
        return place < 0 ? c : "\b\f\n\r\t".charAt(place);
    }

    private Object literal() {
        int from = at;
        while (at < text.length() && ",]}".indexOf(text.charAt(at)) < 0 && text.charAt(at) > ' ') {
            at++;
        }
        String literal = text.substring(from, at);
        return switch (literal) {
            case "null" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> Double.valueOf(literal);
        };
    }

    /** The next character that is no white space; 0 at the end. */
    private char peek() {
        while (at < text.length() && text.charAt(at) <= ' ') {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private void expect(char c) {
        if (peek() != c) {
            throw wrong(null);
        }
        at++;
    }

    private IllegalArgumentException wrong(Exception cause) {
        return new IllegalArgumentException("no JSON at character " + at, cause);
    }
}
