package dev.holdfast.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a site listens: what is left of an {@code http:} or {@code https:} URL without user info, path, query, fragment; or
 * the path of a Unix socket.
 *
 * @param secure TLS; never with a socket
 * @param host name or literal address, in lower case; an IPv6 address without brackets; localhost with a socket
 * @param port 1 to 65535; 80 with a socket
 * @param socket absolute; null with TCP
 */
public record UpstreamAddress(boolean secure, String host, int port, Path socket) {
    static final String ALLOWED = "http:// or https://, a host and perhaps a port, such as http://localhost:2000;"
            + " or unix: and the path of a socket, such as unix:/run/puma.sock";

    /** Bytes; what the JDK takes on Linux, where the system's limit is 108 with what ends it. */
    static final int LONGEST_SOCKET = 106;

    /* Not java.net.URI, whose getHost() is null for names with an underscore, which container networks do have. */
    private static final Pattern URL = Pattern.compile(
            "(https?)://(?:\\[([0-9a-f.]*:[0-9a-f:.]*)]|([a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?))(?::([0-9]{1,5}))?/?",
            Pattern.CASE_INSENSITIVE);

    /* One slash at the start, or it could be a URL with a host; none at the end, or it could be a directory. */
    private static final Pattern SOCKET =
            Pattern.compile("unix:(/[^/\\p{Cntrl}\\s](?:[^\\p{Cntrl}]*[^/\\p{Cntrl}\\s])?)", Pattern.CASE_INSENSITIVE);

    public UpstreamAddress {
        Ranges.check(port >= 1 && port <= 65535, "upstream port", port, "a number from 1 to 65535");
    }

    public UpstreamAddress(boolean secure, String host, int port) {
        this(secure, host, port, null);
    }

    /**
     * Parses {@code http://host:port} or {@code https://host:port}; the default ports are 80 and 443, a slash may follow. Or
     * {@code unix:/path}.
     *
     * @throws IllegalArgumentException if it is anything else; the message names the value and what is allowed
     */
    public static UpstreamAddress parse(String value) {
        Matcher socket = SOCKET.matcher(value);
        if (socket.matches()) {
            return ofSocket(socket.group(1), value);
        }
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

    private static UpstreamAddress ofSocket(String path, String value) {
        if (path.getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET) {
            throw new IllegalArgumentException("\"" + value + "\" is not allowed: the path is longer than "
                    + LONGEST_SOCKET + " bytes, and the system takes no longer one; allowed is " + ALLOWED);
        }
        try {
            return new UpstreamAddress(false, "localhost", 80, Path.of(path));
        } catch (InvalidPathException e) {
            throw refused(value);
        }
    }

    private static IllegalArgumentException refused(String value) {
        return new IllegalArgumentException(ValueType.refusal(value, ALLOWED));
    }

    /** What {@code Host} says of it (RFC 9110, section 7.2); it names the port always. A socket is localhost. */
    public String authority() {
        return socket == null ? (host.contains(":") ? "[" + host + "]" : host) + ":" + port : host;
    }

    /** The URL, without a slash at its end; it names the port always. */
    @Override
    public String toString() {
        return socket == null ? (secure ? "https://" : "http://") + authority() : "unix:" + socket;
    }
}
