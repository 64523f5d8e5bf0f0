package dev.holdfast.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The paths whose requests are never held. Immutable.
 *
 * <p>Compared is what the client sent, byte for byte. So only a path that nobody can read in another way is ever exempt: one with
 * an escape, a parameter, an empty segment or dots alone in a segment may be {@code /static/x} here and {@code /admin} at the
 * site. Whatever the site makes of those, they are held.
 */
public final class ExemptPaths {
    static final String ALLOWED =
            "none, or paths with commas between, such as /favicon.ico, /static/*; without escapes,"
                    + " parameters, empty or dot segments, and * only as the last of several segments";
    static final String PATH_ALLOWED =
            "none, or a path without escapes, parameters, empty or dot segments, such as /up";

    /** What RFC 3986, section 3.3, allows in a segment besides letters and digits, less {@code %} and {@code ;}. */
    private static final String PLAIN = "-._~!$&'()*+,=:@";

    private final List<String> exact;
    private final List<String> prefixes;

    private ExemptPaths(List<String> exact, List<String> prefixes) {
        this.exact = List.copyOf(exact);
        this.prefixes = List.copyOf(prefixes);
    }

    /** @throws IllegalArgumentException if an entry is none that can be exempt; the message names it and what is allowed */
    public static ExemptPaths parse(String list) {
        List<String> exact = new ArrayList<>();
        List<String> prefixes = new ArrayList<>();
        if (!list.strip().equals("none")) {
            Arrays.stream(list.split(",", -1)).map(String::strip).forEach(entry -> {
                boolean prefix = entry.endsWith("/*") && entry.length() > 2; // all paths: nothing would ever be held
                String path = prefix ? entry.substring(0, entry.length() - 1) : entry;
                if (!isPlain(path) || path.contains("*")) {
                    throw new IllegalArgumentException(ValueType.refusal(entry, ALLOWED));
                }
                (prefix ? prefixes : exact).add(path);
            });
        }
        return new ExemptPaths(exact, prefixes);
    }

    public boolean areNone() {
        return exact.isEmpty() && prefixes.isEmpty();
    }

    /** @param path as the client sent it, without the query */
    public boolean contain(String path) {
        return (exact.contains(path) || prefixes.stream().anyMatch(path::startsWith)) && isPlain(path);
    }

    /** Whether it can be read in one way only: what stands there is what is meant. */
    public static boolean isPlain(String path) {
        if (!path.startsWith("/")) {
            return false;
        }
        int begin = 1;
        boolean dots = true; // and nothing else in this segment
        for (int i = 1; i <= path.length(); i++) {
            char c = i < path.length() ? path.charAt(i) : '/';
            if (c == '/') {
                boolean empty = i == begin;
                if (empty ? i < path.length() : dots) {
                    return false;
                }
                begin = i + 1;
                dots = true;
            } else if (isPlain(c)) {
                dots = dots && c == '.';
            } else {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || PLAIN.indexOf(c) >= 0;
    }
}
