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

/**
 * Makes the head that the upstream sees of the head that the client sent: the same fields in the same order, less what concerns
 * the client's connection only; what is made anew comes last. Confined to the thread that makes it.
 */
final class RequestHead {
    private final HttpServletRequest client;
    private final ForwardingSettings forwarding;
    private final HttpRequest head;
    private final String heldHeader; // null: none
    private final boolean chunked;
    private boolean takesTrailers;

    private RequestHead(HttpServletRequest client, ForwardingSettings forwarding, HttpRequest head) {
        this.client = client;
        this.forwarding = forwarding;
        this.head = head;
        this.heldHeader = forwarding.heldHeader().orElse(null);
        this.chunked = isChunked(client);
    }

    /** @param heldMillis negative for one that was not held */
    static HttpRequest of(
            HttpServletRequest client,
            String target,
            long heldMillis,
            Upstream.Destination to,
            ForwardingSettings forwarding) {
        HttpRequest head = new BasicHttpRequest(client.getMethod(), to.route().getTargetHost(), target);
        new RequestHead(client, forwarding, head).make(to.address(), heldMillis);
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

    private void make(UpstreamAddress upstream, long heldMillis) {
        String said = client.getHeader("Host");
        String host = said == null ? defaultHost() : said;
        String hostThere = forwarding.preserveHost() ? host : upstream.authority();
        if (said == null) { // HTTP/1.0 need not
            add("Host", hostThere);
        }
        copyFields(hostThere);
        if (chunked) {
            add("Transfer-Encoding", "chunked");
        }
        if (takesTrailers) { // RFC 9110, section 10.1.4: TE concerns one connection, and Connection has to say so
            add("Connection", "TE");
            add("TE", "trailers");
        }
        ForwardedFields.add(client, host, head, forwarding);
        if (heldHeader != null && heldMillis >= 0) {
            add(heldHeader, Long.toString(heldMillis));
        }
        add("Via", version() + " holdfast"); // RFC 9110, section 7.6.3
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
            return !BodyEnd.isReached(client.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isHttp2(HttpServletRequest client) {
        return client.getProtocol().startsWith("HTTP/2");
    }

    private void copyFields(String host) {
        boolean keepForwarded = forwarding.forwardedHeaders() == ForwardedHeaders.NONE;
        Set<String> named = FieldNames.namedBy(client.getHeaders("Connection").asIterator());
        Enumeration<String> names = client.getHeaderNames();
        while (names.hasMoreElements()) {
            String name = names.nextElement();
            if (name.equalsIgnoreCase("TE")) {
                takesTrailers = FieldNames.lists(client.getHeaders(name).asIterator(), "trailers");
            } else if (!FieldNames.isNamed(name, named) && (keepForwarded || !ForwardedFields.isOne(name))) {
                copy(name, host);
            }
        }
    }

    private void copy(String name, String host) {
        if (name.equalsIgnoreCase("Host")) {
            add(name, host);
        } else if (name.equalsIgnoreCase("Content-Length")) {
            long length = client.getContentLengthLong();
            if (length >= 0) { // else Transfer-Encoding counts: RFC 9112, section 6.3
                add(name, Long.toString(length)); // one reading only, whatever it looked like
            }
        } else if (name.equalsIgnoreCase("Cookie")) {
            copyCookies(name);
        } else if (!isLeftOut(name)) {
            Enumeration<String> values = client.getHeaders(name);
            while (values.hasMoreElements()) {
                add(name, values.nextElement());
            }
        }
    }

    private void copyCookies(String name) {
        Enumeration<String> values = client.getHeaders(name);
        while (values.hasMoreElements()) {
            String cookies = values.nextElement();
            String others = BypassFields.withoutCookie(cookies);
            if (others.equals(cookies) || !others.isBlank()) {
                add(name, others);
            }
        }
    }

    /**
     * Besides what concerns one connection only: Expect, which the container has answered; what only a proxy says to a client;
     * what is said to us alone; and what only we say. {@code Trailer} announces what may come after a body in chunks, and is of use there.
     */
    private boolean isLeftOut(String name) {
        if (chunked && name.equalsIgnoreCase("Trailer")) {
            return false;
        }
        return FieldNames.isHopByHop(name)
                || name.equalsIgnoreCase("Expect")
                || name.equalsIgnoreCase("Proxy-Authenticate")
                || BypassFields.isHeader(name)
                || heldHeader != null && FieldNames.isCalled(name, heldHeader);
    }

    private void add(String name, String value) {
        head.addHeader(new BasicHeader(name, value));
    }

    private String defaultHost() {
        boolean usual = client.getServerPort() == (client.isSecure() ? 443 : 80);
        return usual ? client.getServerName() : client.getServerName() + ":" + client.getServerPort();
    }

    private String version() {
        String protocol = client.getProtocol();
        return protocol.substring(protocol.indexOf('/') + 1);
    }
}
