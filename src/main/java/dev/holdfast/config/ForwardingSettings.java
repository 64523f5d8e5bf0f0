package dev.holdfast.config;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the upstream is told about the client.
 *
 * @param preserveHost whether the upstream sees the {@code Host} that the client sent, instead of its own
 * @param trustedProxies whose forwarded fields are kept and appended to; those of others are replaced
 * @param heldHeader the field that says how many milliseconds a request was held
 */
public record ForwardingSettings(
        boolean preserveHost,
        ForwardedHeaders forwardedHeaders,
        AddressRanges trustedProxies,
        Optional<String> heldHeader) {
    static final String HELD_HEADER_ALLOWED =
            "none, or the name of a field that begins with X- and not with X-Forwarded-, such as X-Held-Ms";

    /** No field that means something else: it is taken away from the clients. */
    private static final Pattern HELD_HEADER = Pattern.compile("(?i)X-(?!Forwarded-)[a-z0-9-]{1,60}");

    /** @throws IllegalArgumentException if it is neither {@code none} nor such a name; the message says what is allowed */
    static Optional<String> parseHeldHeader(String value) {
        if (value.equals("none")) {
            return Optional.empty();
        }
        Ranges.check(HELD_HEADER.matcher(value).matches(), "heldHeader", value, HELD_HEADER_ALLOWED);
        return Optional.of(value);
    }
}
