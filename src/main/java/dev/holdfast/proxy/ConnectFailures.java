package dev.holdfast.proxy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import org.apache.hc.client5.http.nio.AsyncConnectionEndpoint;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.util.Timeout;

/**
 * Says why there is no connection, where HttpClient's words would not tell, or tell wrong.
 *
 * @param timeout of the TLS handshake
 */
record ConnectFailures(FutureCallback<AsyncConnectionEndpoint> callback, Timeout timeout)
        implements FutureCallback<AsyncConnectionEndpoint> {
    @Override
    public void completed(AsyncConnectionEndpoint endpoint) {
        callback.completed(endpoint);
    }

    @Override
    public void failed(Exception cause) {
        callback.failed(told(cause));
    }

    @Override
    public void cancelled() {
        callback.failed(new IOException("the connections to the upstream are closed"));
    }

    private Exception told(Exception cause) {
        if (cause instanceof ConnectException) { // HttpClient put a name and a port into it, also for a Unix socket
            return new ConnectException("refused");
        }
        if (cause instanceof SocketTimeoutException) { // those of the connect are none any more
            return new IOException("the TLS handshake took longer than " + timeout.toMilliseconds() + " ms");
        }
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String reason = root.getMessage();
        return root == cause || reason == null || cause.toString().contains(reason)
                ? cause
                : new IOException(cause + ": " + reason, cause); // such as the day on which a certificate ended
    }
}
