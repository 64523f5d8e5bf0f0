package dev.holdfast.balance;

import java.util.List;

/** One JSON object in one line, field by field. */
final class JsonLine {
    private final StringBuilder line = new StringBuilder("{");

    /** @param value null for a JSON null */
    JsonLine put(String name, String value) {
        name(name);
        if (value == null) {
            line.append("null");
        } else {
            quote(value);
        }
        return this;
    }

    JsonLine put(String name, long value) {
        name(name).append(value);
        return this;
    }

    JsonLine put(String name, boolean value) {
        name(name).append(value);
        return this;
    }

    JsonLine put(String name, JsonLine value) {
        name(name).append(value);
        return this;
    }

    JsonLine put(String name, List<JsonLine> values) {
        name(name).append('[');
        for (int i = 0; i < values.size(); i++) {
            line.append(i == 0 ? "" : ",").append(values.get(i));
        }
        line.append(']');
        return this;
    }

    private StringBuilder name(String name) {
        if (line.length() > 1) {
            line.append(',');
        }
        quote(name);
        return line.append(':');
    }

    private void quote(String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c < ' ' || c >= 0x7f) {
                line.append(String.format("\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
        line.append('"');
    }

    @Override
    public String toString() {
        return line + "}";
    }
}
