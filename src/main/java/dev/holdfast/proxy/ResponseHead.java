package dev.holdfast.proxy;

import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.FormattedHeader;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.ProtocolVersion;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.apache.hc.core5.util.TimeValue;

/** Makes the head that the client sees of the head that the upstream sent. */
final class ResponseHead {
    private static final String EVENT_STREAM = "text/event-stream";
    private static final Pattern TIMEOUT = Pattern.compile("(?i)\\btimeout\\s*=\\s*\"?(\\d{1,6})");

    /** Of a length that fits into a long. */
    private static final int MOST_DIGITS = 18;

    private ResponseHead() {}

    /**
     * Sees to it that it can be passed on without becoming something else. HttpCore has been lenient with some of this.
     *
     * @throws ProtocolException names what is wrong, but no value
     */
    static void check(HttpResponse response) throws ProtocolException {
        if (response.getCode() < 200 || response.getCode() > 599) {
            throw new ProtocolException("not a status: " + response.getCode());
        }
        ProtocolVersion version = response.getVersion();
        if (version != null && version.getMajor() != 1) { // HTTP/0.9 has no status line
            throw new ProtocolException("not HTTP/1: " + version);
        }
        checkFields(response);
    }

    /** The head of a 101: what is said of a body does not count. */
    static void checkFields(HttpResponse response) throws ProtocolException {
        int lengths = 0;
        int codings = 0;
        for (Iterator<Header> fields = response.headerIterator(); fields.hasNext(); ) {
            Header field = fields.next();
            String name = field.getName();
            if (!FieldNames.isToken(name) || !hasPassableValue(field)) {
                throw new ProtocolException("a field of the response head is malformed");
            }
            if (name.equalsIgnoreCase("Content-Length")) {
                checkLength(field.getValue());
                lengths++;
            } else if (name.equalsIgnoreCase("Transfer-Encoding")) {
                codings++;
            }
        }
        checkFraming(lengths, codings);
    }

    /** RFC 9112, section 6.3: it may be meant to be taken for two responses. */
    private static void checkFraming(int lengths, int codings) throws ProtocolException {
        if (lengths > 1 || lengths == 1 && codings > 0) {
            throw new ProtocolException("the response has more than one length");
        }
    }

    /** RFC 9110, section 8.6: digits only; those that HttpCore does not use (HEAD, 304) are the client's to read. */
    private static void checkLength(String length) throws ProtocolException {
        boolean digits = length != null && !length.isEmpty() && length.length() <= MOST_DIGITS;
        for (int i = 0; digits && i < length.length(); i++) {
            digits = length.charAt(i) >= '0' && length.charAt(i) <= '9';
        }
        if (!digits) {
            throw new ProtocolException("the response's length is no number");
        }
    }

    /**
     * Looked at as it came: HttpCore puts spaces in the place of NUL and CR, and takes a first line that begins with a space
     * for a field (RFC 9112, section 2.2).
     */
    static boolean hasPassableValue(Header field) {
        if (!(field instanceof FormattedHeader raw)) {
            return field.getValue() == null || FieldNames.isValue(field.getValue());
        }
        CharArrayBuffer line = raw.getBuffer();
        return line.charAt(0) > ' ' && FieldNames.isValue(line, raw.getValuePos());
    }

    /** @param trailersMayCome whether the client gets trailers, and therefore the field that announces them */
    static void copy(HttpResponse response, HttpServletResponse client, boolean trailersMayCome) {
        client.setStatus(response.getCode());
        copyFields(response, trailersMayCome, client::addHeader);
    }

    /** What of them is for the client. */
    static void copyFields(HttpResponse response, boolean trailersMayCome, BiConsumer<String, String> to) {
        Set<String> named = FieldNames.namedBy(connections(response));
        for (Iterator<Header> fields = response.headerIterator(); fields.hasNext(); ) {
            Header field = fields.next();
            String name = field.getName();
            boolean staysBehind = FieldNames.isHopByHop(name) || FieldNames.isNamed(name, named);
            if (!staysBehind || trailersMayCome && name.equalsIgnoreCase("Trailer")) {
                to.accept(name, field.getValue() == null ? "" : field.getValue());
            }
        }
    }

    /** The head of a 101. The container sets the status. */
    static void copySwitch(HttpResponse response, HttpServletResponse client) {
        response.removeHeaders("Content-Length"); // there is no body: RFC 9110, section 8.6
        copy(response, client, false);
        client.setHeader("Connection", "upgrade");
        for (Header protocol : response.getHeaders("Upgrade")) {
            client.addHeader("Upgrade", protocol.getValue());
        }
    }

    /** With any other status an EventSource gives up (HTML, section 9.2.3), and what comes is an answer like others. */
    static boolean isEventStream(HttpResponse response) {
        if (response.getCode() != HttpStatus.SC_OK) {
            return false;
        }
        Header type = response.getFirstHeader("Content-Type");
        return type != null
                && type.getValue() != null
                && type.getValue().regionMatches(true, 0, EVENT_STREAM, 0, EVENT_STREAM.length());
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
        if (!response.containsHeader("Connection")) {
            return Collections.emptyIterator();
        }
        List<String> values = new ArrayList<>(1);
        for (Header field : response.getHeaders("Connection")) {
            if (field.getValue() != null) {
                values.add(field.getValue());
            }
        }
        return values.iterator();
    }
}
