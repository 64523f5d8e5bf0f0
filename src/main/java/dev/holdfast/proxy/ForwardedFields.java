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

    /**
     * Whether the field is one of these, which are not simply copied. {@code X_Forwarded_For} is, too: to a site that is given
     * its fields as CGI variables, both are {@code HTTP_X_FORWARDED_FOR}.
     */
    static boolean isOne(String name) {
        return switch (name.length()) {
            case 9 -> name.equalsIgnoreCase("Forwarded");
            case 15 -> FieldNames.isCalled(name, "X-Forwarded-For");
            case 16 -> FieldNames.isCalled(name, "X-Forwarded-Host") || FieldNames.isCalled(name, "X-Forwarded-Port");
            case 17 -> FieldNames.isCalled(name, "X-Forwarded-Proto");
            default -> false;
        };
    }

    /** @param host as the client sent it */
    static void add(HttpServletRequest client, String host, HttpRequest head, ForwardingSettings settings) {
        ForwardedHeaders which = settings.forwardedHeaders();
        if (which == ForwardedHeaders.NONE) {
            return;
        }
        String address = withoutZone(client.getRemoteAddr());
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

    /**
     * Java appends the interface to link-local addresses: an affair of this machine. Where the container does not know the address
     * (the client has just left, or came by a Unix socket), RFC 7239, section 6.2, has a word for it.
     *
     * @param address null where it is not known
     */
    private static String withoutZone(String address) {
        if (address == null) {
            return "unknown";
        }
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }

    /** RFC 7239, section 4. */
    private static String forwarded(String address, String host, String scheme) {
        String node = address.contains(":") ? "\"[" + address + "]\"" : address;
        return "for=" + node + ";host=\"" + host.replace("\\", "\\\\").replace("\"", "\\\"") + "\";proto=" + scheme;
    }

    private static void append(
            HttpServletRequest client, HttpRequest head, String name, String value, boolean trusted) {
        String list = value;
        if (trusted) {
            List<String> lists = Collections.list(client.getHeaders(name));
            lists.removeIf(String::isBlank);
            lists.add(value);
            list = String.join(", ", lists);
        }
        head.addHeader(new BasicHeader(name, list));
    }

    private static void keep(HttpServletRequest client, HttpRequest head, String name, String value, boolean trusted) {
        String before = trusted ? client.getHeader(name) : null;
        head.addHeader(new BasicHeader(name, before == null ? value : before));
    }
}
