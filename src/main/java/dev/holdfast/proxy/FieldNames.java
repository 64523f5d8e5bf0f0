package dev.holdfast.proxy;

import java.util.HashSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;

/** Which fields concern one connection only, and what a valid name and value look like. RFC 9110, sections 5 and 7.6.1. */
final class FieldNames {
    /**
     * What {@code Connection} does not take away: fields for every recipient, which the body's end, the upstream's choice of the
     * site, or what it is told about the client hang on. RFC 9110, section 7.6.1, forbids to name such a field.
     */
    private static final Set<String> FOR_EVERYBODY = Set.of(
            "content-length",
            "forwarded",
            "host",
            "via",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-port",
            "x-forwarded-proto");

    private FieldNames() {}

    /** Without a look at what {@code Connection} names. No allocation: this is asked of every field that passes. */
    static boolean isHopByHop(String name) {
        return switch (name.length()) {
            case 2 -> name.equalsIgnoreCase("TE");
            case 7 -> name.equalsIgnoreCase("Upgrade") || name.equalsIgnoreCase("Trailer");
            case 10 -> name.equalsIgnoreCase("Connection") || name.equalsIgnoreCase("Keep-Alive");
            case 14 -> name.equalsIgnoreCase("HTTP2-Settings");
            case 16 -> name.equalsIgnoreCase("Proxy-Connection");
            case 17 -> name.equalsIgnoreCase("Transfer-Encoding");
            case 19 -> name.equalsIgnoreCase("Proxy-Authorization");
            default -> false;
        };
    }

    /**
     * The fields that {@code Connection} names, in lower case; they, too, concern one connection only. Not among them: fields for
     * everybody, whatever it says.
     *
     * @param connections the values of all {@code Connection} fields
     */
    static Set<String> namedBy(Iterator<String> connections) {
        Set<String> named = Set.of();
        while (connections.hasNext()) {
            for (String listed : connections.next().split(",")) {
                String name = listed.strip().toLowerCase(Locale.ROOT);
                boolean optionOnly = name.isEmpty() || name.equals("close") || name.equals("keep-alive");
                if (!optionOnly && !FOR_EVERYBODY.contains(name)) {
                    named = named.isEmpty() ? new HashSet<>() : named;
                    named.add(name);
                }
            }
        }
        return named;
    }

    /** Whether one of the lists has this member, in whatever case. */
    static boolean lists(Iterator<String> lists, String member) {
        while (lists.hasNext()) {
            for (String listed : lists.next().split(",")) {
                if (listed.strip().equalsIgnoreCase(member)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether {@code Connection} cannot take it away. */
    static boolean isForEverybody(String name) {
        return FOR_EVERYBODY.contains(name.toLowerCase(Locale.ROOT));
    }

    static boolean isNamed(String name, Set<String> named) {
        return !named.isEmpty() && named.contains(name.toLowerCase(Locale.ROOT));
    }

    /** Whether it is this field, or one that a site which is given its fields as CGI variables takes for it. */
    static boolean isCalled(String name, String known) {
        return name.length() == known.length()
                && (name.equalsIgnoreCase(known)
                        || name.indexOf('_') >= 0 && name.replace('_', '-').equalsIgnoreCase(known));
    }

    /** RFC 9110, section 5.6.2. */
    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letterOrDigit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!letterOrDigit && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** RFC 9110, section 5.5: visible characters, spaces, tabs and what was once Latin-1. */
    static boolean isValue(CharSequence text) {
        return isValue(text, 0);
    }

    static boolean isValue(CharSequence text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 && c != '\t' || c == 0x7f || c > 0xff) {
                return false;
            }
        }
        return true;
    }

    /** Whether it is a path, or an asterisk, and can stand in a request line without ending it early. RFC 9112, section 3. */
    static boolean isTarget(String text) {
        if (!text.startsWith("/") && !text.equals("*")) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= 0x20 || c == 0x7f || c > 0xff || c == '#') {
                return false;
            }
        }
        return true;
    }
}
