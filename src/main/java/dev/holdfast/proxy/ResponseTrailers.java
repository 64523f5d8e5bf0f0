package dev.holdfast.proxy;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;

/** Which of the fields that follow the response's body go on to the client. RFC 9110, section 6.5. */
final class ResponseTrailers {
    /** Fields that are too late after the body: for framing, routing, authentication, conditions, and what tells how to read it. */
    private static final Set<String> TOO_LATE = Set.of(
            "age",
            "authorization",
            "cache-control",
            "content-encoding",
            "content-length",
            "content-range",
            "content-type",
            "date",
            "expires",
            "host",
            "location",
            "max-forwards",
            "pragma",
            "proxy-authenticate",
            "range",
            "retry-after",
            "set-cookie",
            "vary",
            "warning",
            "www-authenticate");

    private ResponseTrailers() {}

    /**
     * Whether the container is to be ready for trailers, which costs something over HTTP/2: where the upstream announces them,
     * or the client waits for them. HTTP/1.0 has none.
     */
    static boolean mayCome(HttpResponse response, HttpServletRequest client) {
        return response.containsHeader("Transfer-Encoding")
                && (response.containsHeader("Trailer") || takesTrailers(client))
                && !client.getProtocol().equals("HTTP/1.0");
    }

    /** RFC 9110, section 10.1.4. */
    private static boolean takesTrailers(HttpServletRequest client) {
        Enumeration<String> values = client.getHeaders("TE");
        while (values.hasMoreElements()) {
            for (String coding : values.nextElement().split(",")) {
                if (coding.strip().equalsIgnoreCase("trailers")) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Null when there are none. Several of one name become one, as the Servlet API has it. RFC 9110, section 5.3. */
    static Map<String, String> of(List<? extends Header> trailers) {
        Map<String, StringJoiner> joined = new LinkedHashMap<>();
        for (Header field : trailers) {
            if (isPassable(field)) {
                joined.computeIfAbsent(name(field.getName(), joined.keySet()), name -> new StringJoiner(", "))
                        .add(field.getValue() == null ? "" : field.getValue());
            }
        }
        if (joined.isEmpty()) {
            return null;
        }
        Map<String, String> fields = new LinkedHashMap<>();
        joined.forEach((name, values) -> fields.put(name, values.toString()));
        return fields;
    }

    private static boolean isPassable(Header field) {
        String name = field.getName();
        return FieldNames.isToken(name)
                && ResponseHead.hasPassableValue(field)
                && !FieldNames.isHopByHop(name)
                && !TOO_LATE.contains(name.toLowerCase(Locale.ROOT));
    }

    /** The same name in the case in which it came first. */
    private static String name(String name, Set<String> known) {
        for (String other : known) {
            if (other.equalsIgnoreCase(name)) {
                return other;
            }
        }
        return name;
    }
}
