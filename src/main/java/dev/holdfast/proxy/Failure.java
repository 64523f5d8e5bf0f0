package dev.holdfast.proxy;

import java.net.SocketTimeoutException;
import org.apache.hc.client5.http.ConnectTimeoutException;

/** What can go wrong with the upstream before it answers, and the status that tells the client: the only place for that. */
public enum Failure {
    /** No connection: it timed out, the name is not known, the TLS handshake failed. Nothing was sent. */
    UNREACHABLE(502, false),
    /** The connection broke, or what came is not HTTP, and the site may have acted on the request. */
    BROKEN(502, true),
    /** Nothing came for {@code responseTimeout}. */
    SILENT(504, true),
    /** All {@code maxConnections} are in use. Nothing was sent. */
    BUSY(503, false),
    /** The body has another length than its head says: somebody before us has read of it, or replaced it. */
    BODY_CHANGED(500, true);

    private final int status;
    private final boolean sent;

    Failure(int status, boolean sent) {
        this.status = status;
        this.sent = sent;
    }

    public int status() {
        return status;
    }

    /** Whether the site may have seen the request, and acted on it. */
    public boolean isSent() {
        return sent;
    }

    /** For a failure on a connection. */
    static Failure ofExchange(Exception cause) {
        if (cause instanceof BodyChangedException) {
            return BODY_CHANGED;
        }
        boolean silent = cause instanceof SocketTimeoutException && !(cause instanceof ConnectTimeoutException);
        return silent ? SILENT : BROKEN;
    }
}
