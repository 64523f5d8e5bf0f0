package dev.holdfast.config;

import java.util.Arrays;
import java.util.List;

/** The methods whose requests are held: all, or those of a list. Immutable. */
public final class HoldMethods {
    static final String ALLOWED = "all, or methods in capitals with commas between, such as POST, PUT, PATCH, DELETE";

    private final List<String> listed; // empty: all

    private HoldMethods(List<String> listed) {
        this.listed = listed;
    }

    /** @throws IllegalArgumentException if an entry is no method; the message names it and what is allowed */
    public static HoldMethods parse(String list) {
        if (list.strip().equals("all")) {
            return new HoldMethods(List.of());
        }
        return new HoldMethods(Arrays.stream(list.split(",", -1))
                .map(String::strip)
                .peek(HoldMethods::check)
                .toList());
    }

    private static void check(String method) {
        if (!method.matches("[A-Z][A-Z-]*")) {
            throw new IllegalArgumentException(ValueType.refusal(method, ALLOWED));
        }
    }

    public boolean areAll() {
        return listed.isEmpty();
    }

    /** Whether requests with this method are held; {@code post} is what some sites take for POST. */
    public boolean contain(String method) {
        return areAll() || listed.stream().anyMatch(method::equalsIgnoreCase);
    }
}
