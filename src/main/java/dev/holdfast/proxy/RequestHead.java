package dev.holdfast.proxy;

import dev.holdfast.config.ForwardedHeaders;
import dev.holdfast.config.ForwardingSettings;
import dev.holdfast.config.UpstreamAddress;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Enumeration;
import java.util.Set;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.BasicHttpRequest;

/** Makes the head that the upstream sees of the head that the client sent. */
final class RequestHead {
    private static final int MOST_SHOWN = 80;

    private RequestHead() {}

    /** @throws IllegalArgumentException if the method or the target is no valid HTTP */
    static void check(String method, String target) {
        if (!FieldNames.isToken(method)) {
            throw new IllegalArgumentException("The method is not a token (RFC 9110, section 9.1): " + shown(method));
        }
        if (!FieldNames.isTarget(target)) {
            throw new IllegalArgumentException(
                    "The request target has characters that are not allowed (RFC 9112, section 3): " + shown(target));
        }
    }

    static HttpRequest of(
            HttpServletRequest client, String target, Upstream.Destination to, ForwardingSettings forwarding) {
        HttpRequest head = new BasicHttpRequest(client.getMethod(), to.route().getTargetHost(), target);
        String host = host(client);
        head.addHeader(new BasicHeader("Host", forwarding.preserveHost() ? host : authority(to.address())));
        copyFields(client, head, forwarding);
        if (isChunked(client)) {
            head.addHeader(new BasicHeader("Transfer-Encoding", "chunked"));
        }
        ForwardedFields.add(client, host, head, forwarding);
        head.addHeader(new BasicHeader("Via", versionOf(client) + " holdfast")); // RFC 9110, section 7.6.3
        return head;
    }

    /** Whether a body follows. Asked of the head that was made, since HTTP/2 may say otherwise a moment later. */
    static boolean announcesBody(HttpRequest head) {
        if (head.containsHeader("Transfer-Encoding")) {
            return true;
        }
        Header length = head.getFirstHeader("Content-Length");
        return length != null && !length.getValue().equals("0");
    }

    /** No length is known: HTTP/1.1 says so, HTTP/2 says nothing. */
    private static boolean isChunked(HttpServletRequest client) {
        if (client.getContentLengthLong() >= 0) {
            return false;
        }
        return client.getHeader("Transfer-Encoding") != null || isHttp2(client) && mayHaveBody(client);
    }

    private static boolean mayHaveBody(HttpServletRequest client) {
        try {
            return !client.getInputStream().isFinished();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isHttp2(HttpServletRequest client) {
        return client.getProtocol().startsWith("HTTP/2");
    }

    private static void copyFields(HttpServletRequest client, HttpRequest head, ForwardingSettings forwarding) {
        boolean lengthCounts = client.getContentLengthLong() >= 0;
        boolean keepForwarded = forwarding.forwardedHeaders() == ForwardedHeaders.NONE;
        Set<String> named = FieldNames.namedBy(client.getHeaders("Connection").asIterator());
        Enumeration<String> names = client.getHeaderNames();
        while (names.hasMoreElements()) {
            String name = names.nextElement();
            if (FieldNames.isHopByHop(name)
                    || FieldNames.isNamed(name, named)
                    || isOurs(name, lengthCounts)
                    || !keepForwarded && ForwardedFields.isOne(name)) {
                continue;
            }
            Enumeration<String> values = client.getHeaders(name);
            while (values.hasMoreElements()) {
                head.addHeader(new BasicHeader(name, values.nextElement()));
            }
        }
    }

    /** Fields that say something about this hop and are made anew, and Expect, which the container has answered. */
    private static boolean isOurs(String name, boolean lengthCounts) {
        return switch (name.length()) {
            case 4 -> name.equalsIgnoreCase("Host");
            case 6 -> name.equalsIgnoreCase("Expect");
            case 14 -> !lengthCounts && name.equalsIgnoreCase("Content-Length");
            default -> false;
        };
    }

    private static String host(HttpServletRequest client) {
        String host = client.getHeader("Host");
        if (host != null) {
            return host;
        }
        boolean usual = client.getServerPort() == (client.isSecure() ? 443 : 80);
        return usual ? client.getServerName() : client.getServerName() + ":" + client.getServerPort();
    }

    private static String authority(UpstreamAddress address) {
        String url = address.toString();
        return url.substring(url.indexOf("//") + 2);
    }

    private static String versionOf(HttpServletRequest client) {
        String protocol = client.getProtocol();
        int slash = protocol.indexOf('/');
        return slash < 0 ? protocol : protocol.substring(slash + 1);
    }

    private static String shown(String text) {
        String shortened = text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "..." : text;
        return shortened.replaceAll("[^\\x21-\\x7e]", "?");
    }
}
