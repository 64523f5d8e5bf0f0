package dev.holdfast.proxy;

import dev.holdfast.config.ForwardedHeaders;
import dev.holdfast.config.ForwardingSettings;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.BasicHeader;

/**
 * Tells the upstream who the client is. What a trusted proxy said is kept and added to; what anybody else said is replaced.
 * They are added after the client's fields were filtered, so that a client cannot remove them by naming them in
 * {@code Connection}.
 */
final class ForwardedFields {
    private ForwardedFields() {}

    /** Whether the field is one of these, which are not simply copied. */
    static boolean isOne(String name) {
        return switch (name.length()) {
            case 9 -> name.equalsIgnoreCase("Forwarded");
            case 15 -> name.equalsIgnoreCase("X-Forwarded-For");
            case 16 -> name.equalsIgnoreCase("X-Forwarded-Host") || name.equalsIgnoreCase("X-Forwarded-Port");
            case 17 -> name.equalsIgnoreCase("X-Forwarded-Proto");
            default -> false;
        };
    }

    /** @param host as the client sent it */
    static void add(HttpServletRequest client, String host, HttpRequest head, ForwardingSettings settings) {
        ForwardedHeaders which = settings.forwardedHeaders();
        if (which == ForwardedHeaders.NONE) {
            return;
        }
        String address = client.getRemoteAddr();
        boolean trusted = settings.trustedProxies().contains(address);
        if (which != ForwardedHeaders.FORWARDED) {
            append(client, head, "X-Forwarded-For", address, trusted);
            keep(client, head, "X-Forwarded-Host", host, trusted);
            keep(client, head, "X-Forwarded-Proto", client.getScheme(), trusted);
            keep(client, head, "X-Forwarded-Port", String.valueOf(client.getServerPort()), trusted);
        }
        if (which != ForwardedHeaders.X_FORWARDED) {
            append(client, head, "Forwarded", forwarded(address, host, client.getScheme()), trusted);
        }
    }

    /** RFC 7239, section 4. */
    private static String forwarded(String address, String host, String scheme) {
        String node = address.contains(":") ? "\"[" + address + "]\"" : address;
        return "for=" + node + ";host=\"" + host.replace("\\", "\\\\").replace("\"", "\\\"") + "\";proto=" + scheme;
    }

    private static void append(
            HttpServletRequest client, HttpRequest head, String name, String value, boolean trusted) {
        List<String> before = trusted ? Collections.list(client.getHeaders(name)) : List.of();
        String list = before.isEmpty() ? value : String.join(", ", before) + ", " + value;
        head.addHeader(new BasicHeader(name, list));
    }

    private static void keep(HttpServletRequest client, HttpRequest head, String name, String value, boolean trusted) {
        String before = trusted ? client.getHeader(name) : null;
        head.addHeader(new BasicHeader(name, before == null ? value : before));
    }
}
