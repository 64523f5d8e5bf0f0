package dev.holdfast.proxy;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/**
 * What has come of a request's body over HTTP/2 and is wanted by nobody. Tomcat takes it for in use: when the request ends,
 * and the body has come to its end or was reset, it gives the client no window for it any more ({@code StreamProcessor.process}
 * replaces the stream, and does not swallow). After 64 KB of such bodies no upload on the connection goes on.
 */
public final class UnreadBody {
    private static final int PIECE = 8 * 1024;

    private UnreadBody() {}

    /**
     * Whether more of it may come. Over HTTP/1.1 never; also not where somebody before us reads it in characters.
     */
    public static boolean isGoingOn(HttpServletRequest clientRequest) {
        try {
            return !clientRequest.getProtocol().startsWith("HTTP/1")
                    && !BodyEnd.isReached(clientRequest.getInputStream());
        } catch (IOException | IllegalStateException expected) {
            return false; // as below
        }
    }

    /**
     * Reads it. Does not wait for more, but to tell the client that it may send more may block, so not on a reactor thread;
     * nobody else may be reading. Over HTTP/1.1 nothing happens.
     */
    public static void discard(HttpServletRequest clientRequest) {
        try {
            if (clientRequest.getProtocol().startsWith("HTTP/1")) {
                return;
            }
            ServletInputStream in = clientRequest.getInputStream();
            if (in.available() > 0) {
                byte[] piece = new byte[PIECE];
                while (in.available() > 0 && in.read(piece) > 0) {
                    // The next one.
                }
            }
        } catch (IOException | IllegalStateException expected) {
            // The connection is lost, a reader is in use, or the request is over.
        }
    }
}
