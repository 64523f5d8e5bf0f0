package dev.holdfast.proxy;

import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.util.TimeValue;

/** Makes the head that the client sees of the head that the upstream sent. */
final class ResponseHead {
    private static final Pattern TIMEOUT = Pattern.compile("(?i)\\btimeout\\s*=\\s*\"?(\\d{1,6})");

    private ResponseHead() {}

    /** Whether it can be passed on without becoming something else. */
    static boolean isPassable(HttpResponse response) {
        if (response.getCode() < 200 || response.getCode() > 599) {
            return false;
        }
        for (Iterator<Header> fields = response.headerIterator(); fields.hasNext(); ) {
            Header field = fields.next();
            if (!FieldNames.isToken(field.getName())
                    || field.getValue() != null && !FieldNames.isValue(field.getValue())) {
                return false;
            }
        }
        return true;
    }

    /** @param close whether the client's connection is to be closed, because nobody will read the rest of its request */
    static void copy(HttpResponse response, HttpServletResponse client, boolean close) {
        client.setStatus(response.getCode());
        boolean chunked = response.containsHeader("Transfer-Encoding");
        Set<String> named = FieldNames.namedBy(connections(response));
        for (Iterator<Header> fields = response.headerIterator(); fields.hasNext(); ) {
            Header field = fields.next();
            String name = field.getName();
            if (FieldNames.isHopByHop(name)
                    || FieldNames.isNamed(name, named)
                    || chunked && name.equalsIgnoreCase("Content-Length")) { // RFC 9112, section 6.3
                continue;
            }
            client.addHeader(name, field.getValue() == null ? "" : field.getValue());
        }
        if (close) {
            client.setHeader("Connection", "close");
        }
    }

    static boolean isEventStream(HttpResponse response) {
        Header type = response.getFirstHeader("Content-Type");
        return type != null
                && type.getValue() != null
                && type.getValue().toLowerCase(Locale.ROOT).startsWith("text/event-stream");
    }

    /** How long the connection may be kept: what the upstream says, less a second for the way, and not more than usual. */
    static TimeValue keepAlive(HttpResponse response, TimeValue usual) {
        Header keepAlive = response.getFirstHeader("Keep-Alive");
        if (keepAlive == null || keepAlive.getValue() == null) {
            return usual;
        }
        Matcher timeout = TIMEOUT.matcher(keepAlive.getValue());
        if (!timeout.find()) {
            return usual;
        }
        long millis = Math.max(1, Long.parseLong(timeout.group(1)) * 1000 - 1000);
        return millis < usual.toMilliseconds() ? TimeValue.ofMilliseconds(millis) : usual;
    }

    private static Iterator<String> connections(HttpResponse response) {
        List<String> values = new ArrayList<>(1);
        for (Header field : response.getHeaders("Connection")) {
            if (field.getValue() != null) {
                values.add(field.getValue());
            }
        }
        return values.iterator();
    }
}
