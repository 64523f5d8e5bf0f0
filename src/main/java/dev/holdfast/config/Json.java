package dev.holdfast.config;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import java.util.Map;

/** JSON of records and maps, in one way for all that is written and read. Thread-safe. */
public final class Json {
    private static final Gson GSON = new GsonBuilder()
            .serializeNulls()
            .disableHtmlEscaping()
            .setStrictness(Strictness.STRICT)
            .create();

    private Json() {}

    /** A record in one line, with its end: the names are those of its components. */
    public static String line(Object value) {
        return GSON.toJson(value) + "\n";
    }

    /**
     * An object: values are String, Double, Boolean, List, Map or null.
     *
     * @throws IllegalArgumentException if it is none, or something follows it
     */
    public static Map<?, ?> object(String text) {
        if (!text.stripLeading().startsWith("{")) { // Gson would make a map of an array, too
            throw new IllegalArgumentException("no JSON object");
        }
        try {
            return GSON.fromJson(text, Map.class);
        } catch (JsonParseException e) {
            throw new IllegalArgumentException("no JSON object: " + e.getMessage(), e);
        }
    }
}
