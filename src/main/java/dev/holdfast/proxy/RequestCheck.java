package dev.holdfast.proxy;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Enumeration;
import java.util.regex.Pattern;

/** What of a request has to be right before anything of it is passed on, and a container may have let through. */
final class RequestCheck {
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    private static final int MOST_SHOWN = 80;

    private RequestCheck() {}

    /** @throws IllegalArgumentException if it is no valid HTTP, or can be read in more than one way */
    static void isHttp(HttpServletRequest client, String target) {
        if (!FieldNames.isToken(client.getMethod())) {
            throw new IllegalArgumentException(
                    "The method is not a token (RFC 9110, section 9.1): " + shown(client.getMethod()));
        }
        if (!FieldNames.isTarget(target)) {
            throw new IllegalArgumentException(
                    "The request target has characters that are not allowed (RFC 9112, section 3): " + shown(target));
        }
        if (!isPlainlyFramed(client)) {
            throw new IllegalArgumentException(
                    "Transfer-Encoding needs HTTP/1.1 (RFC 9112, section 6.1), and every request a version.");
        }
        if (client.getProtocol().startsWith("HTTP/2") && !isNumber(client.getHeaders("Content-Length"))) {
            throw new IllegalArgumentException("Content-Length is not one number (RFC 9110, section 8.6).");
        }
    }

    /** Or none. Over HTTP/2 Tomcat lets others in, signs and several too, and fails when it is asked for some. */
    private static boolean isNumber(Enumeration<String> lengths) {
        return !lengths.hasMoreElements()
                || LENGTH.matcher(lengths.nextElement()).matches() && !lengths.hasMoreElements();
    }

    /** HTTP/1.0 knows no Transfer-Encoding, so somebody on the way may have seen another end of this request. */
    private static boolean isPlainlyFramed(HttpServletRequest client) {
        String protocol = client.getProtocol();
        if (protocol.equals("HTTP/1.1")) {
            return true;
        }
        boolean old = !protocol.startsWith("HTTP/") || protocol.equals("HTTP/0.9");
        return !old && (!protocol.equals("HTTP/1.0") || client.getHeader("Transfer-Encoding") == null);
    }

    /**
     * Whether a filter before us has been at the body, or has taken the stream away from us.
     *
     * @param bytesRead of it so far, by whomever; 0 where the container does not tell, and then a part that was read is noticed
     *     only when the rest has come, and does not make up the length
     */
    static boolean isBodyTaken(HttpServletRequest client, long bytesRead) throws IOException {
        ServletInputStream in;
        try {
            in = client.getInputStream();
        } catch (IllegalStateException readerInUse) {
            return true;
        }
        int ours = EarlyBody.keptFor(client);
        boolean hasBody = client.getContentLengthLong() > 0 || client.getHeader("Transfer-Encoding") != null;
        return bytesRead > ours || ours == 0 && hasBody && BodyEnd.isReached(in);
    }

    private static String shown(String text) {
        String shortened = text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "..." : text;
        return shortened.replaceAll("[^\\x21-\\x7e]", "?");
    }
}
