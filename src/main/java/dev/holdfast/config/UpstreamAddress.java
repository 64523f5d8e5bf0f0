package dev.holdfast.config;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a site listens: what is left of an {@code http:} or {@code https:} URL without user info, path, query, fragment.
 *
 * @param secure TLS
 * @param host name or literal address, in lower case; an IPv6 address without brackets
 * @param port 1 to 65535
 */
public record UpstreamAddress(boolean secure, String host, int port) {
    static final String ALLOWED = "http:// or https://, a host and perhaps a port, such as http://localhost:2000";

    /* Not java.net.URI, whose getHost() is null for names with an underscore, which container networks do have. */
    private static final Pattern URL = Pattern.compile(
            "(https?)://(?:\\[([0-9a-f.]*:[0-9a-f:.]*)]|([a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?))(?::([0-9]{1,5}))?/?",
            Pattern.CASE_INSENSITIVE);

    public UpstreamAddress {
        Ranges.check(port >= 1 && port <= 65535, "upstream port", port, "a number from 1 to 65535");
    }

    /**
     * Parses {@code http://host:port} or {@code https://host:port}; the default ports are 80 and 443, a slash may follow.
     *
     * @throws IllegalArgumentException if it is anything else; the message names the value and what is allowed
     */
    public static UpstreamAddress parse(String value) {
        Matcher matcher = URL.matcher(value);
        if (!matcher.matches()) {
            throw refused(value);
        }
        boolean secure = matcher.group(1).equalsIgnoreCase("https");
        Optional<String> ipv6 = Optional.ofNullable(matcher.group(2));
        if (ipv6.isPresent() && AddressLiteral.parse(ipv6.get()).isEmpty()) {
            throw refused(value);
        }
        int port = matcher.group(4) == null ? secure ? 443 : 80 : Integer.parseInt(matcher.group(4));
        if (port < 1 || port > 65535) {
            throw refused(value);
        }
        return new UpstreamAddress(secure, ipv6.orElse(matcher.group(3)).toLowerCase(Locale.ROOT), port);
    }

    private static IllegalArgumentException refused(String value) {
        return new IllegalArgumentException(ValueType.refusal(value, ALLOWED));
    }

    /** The URL, without a slash at its end; it names the port always. */
    @Override
    public String toString() {
        return (secure ? "https://" : "http://") + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
