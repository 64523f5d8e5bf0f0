package dev.holdfast.proxy;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.message.BasicHeader;

/**
 * The protocols to which a client offers to switch (RFC 9110, section 7.8).
 *
 * @param protocols in the client's words and order; empty where there is nothing to be tunnelled
 */
record UpgradeOffer(List<String> protocols) {
    static final UpgradeOffer NONE = new UpgradeOffer(List.of());

    private static final String WEBSOCKET = "websocket";

    /**
     * What would still be HTTP, or would hide it. Through such a tunnel further requests would go that nobody holds, and whose
     * fields nobody looks at. A server may always ignore an offer, so they are forwarded as requests without it.
     */
    private static final Set<String> HTTP_AGAIN = Set.of("h2c", "h2", "http", "tls");

    /** @param head made for the upstream */
    static UpgradeOffer of(HttpServletRequest client, HttpRequest head) {
        if (client.getHeader("Upgrade") == null
                || !client.getProtocol().equals("HTTP/1.1") // to be ignored in 1.0, forbidden in 2
                || RequestHead.announcesBody(head) // where it ends and the new protocol begins, too few agree upon
                || !FieldNames.lists(client.getHeaders("Connection").asIterator(), "upgrade")) {
            return NONE;
        }
        List<String> protocols = list(Collections.list(client.getHeaders("Upgrade")));
        protocols.removeIf(protocol -> HTTP_AGAIN.contains(name(protocol)));
        return protocols.isEmpty() || !protocols.stream().allMatch(UpgradeOffer::isProtocol)
                ? NONE
                : new UpgradeOffer(protocols);
    }

    boolean isNone() {
        return protocols.isEmpty();
    }

    void addTo(HttpRequest head) {
        if (!isNone()) {
            boolean takesTrailers = head.containsHeader("Connection");
            head.setHeader(new BasicHeader("Connection", takesTrailers ? "TE, upgrade" : "upgrade"));
            head.addHeader(new BasicHeader("Upgrade", String.join(", ", protocols)));
        }
    }

    /** Whether the upstream switches to what was offered. */
    boolean isTakenBy(HttpResponse response) {
        List<String> chosen = chosen(response);
        return !chosen.isEmpty()
                && chosen.stream()
                        .allMatch(protocol ->
                                protocols.stream().anyMatch(offer -> name(offer).equals(name(protocol))));
    }

    static boolean isWebSocket(HttpResponse response) {
        List<String> chosen = chosen(response);
        return chosen.size() == 1 && name(chosen.get(0)).equals(WEBSOCKET);
    }

    private static List<String> chosen(HttpResponse response) {
        List<String> values = new ArrayList<>(1);
        for (Header field : response.getHeaders("Upgrade")) {
            values.add(field.getValue());
        }
        return list(values);
    }

    private static List<String> list(List<String> values) {
        List<String> all = new ArrayList<>(1);
        for (String value : values) {
            for (String protocol : (value == null ? "" : value).split(",")) {
                if (!protocol.isBlank()) {
                    all.add(protocol.strip());
                }
            }
        }
        return all;
    }

    private static boolean isProtocol(String text) {
        int slash = text.indexOf('/');
        return slash < 0
                ? FieldNames.isToken(text)
                : FieldNames.isToken(text.substring(0, slash)) && FieldNames.isToken(text.substring(slash + 1));
    }

    private static String name(String protocol) {
        int slash = protocol.indexOf('/');
        return (slash < 0 ? protocol : protocol.substring(0, slash)).toLowerCase(Locale.ROOT);
    }
}
