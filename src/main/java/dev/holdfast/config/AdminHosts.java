package dev.holdfast.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The names under which the page may be asked for. A page of a stranger can have its own name lead to our address (DNS
 * rebinding), and the browser then lets it read all that we answer, from wherever the browser is. Such a name is one that the
 * stranger has in the public DNS; so literal addresses, and names that nobody can have there, need not be listed. Immutable.
 */
public record AdminHosts(List<String> names) {
    static final String ALLOWED = "none, or host names with commas between, such as holdfast.example.com";

    /** Without a dot; or reserved: RFC 6761, RFC 6762, RFC 8375, and by ICANN for private use. */
    private static final Pattern PRIVATE = Pattern.compile("[^.]+|.*\\.(?:localhost|local|home\\.arpa|internal)");

    public AdminHosts {
        names = List.copyOf(names);
    }

    /** @throws IllegalArgumentException if an entry is no name; the message names it and what is allowed */
    static AdminHosts parse(String list) {
        if (list.isBlank() || list.strip().equals("none")) {
            return new AdminHosts(List.of());
        }
        return new AdminHosts(Arrays.stream(list.split(",", -1))
                .map(name -> {
                    if (!name.strip().matches("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*")) {
                        throw new IllegalArgumentException(ValueType.refusal(name.strip(), ALLOWED));
                    }
                    return name.strip().toLowerCase(Locale.ROOT);
                })
                .toList());
    }

    /** @param host as in a URL, without the port */
    public boolean contain(String host) {
        String name = (host.endsWith(".") ? host.substring(0, host.length() - 1) : host).toLowerCase(Locale.ROOT);
        boolean bracketed = name.startsWith("[") && name.endsWith("]");
        return PRIVATE.matcher(name).matches()
                || names.contains(name)
                || AddressLiteral.parse(bracketed ? name.substring(1, name.length() - 1) : name)
                        .isPresent();
    }
}
