package dev.holdfast.proxy;

import java.io.IOException;
import java.util.concurrent.Future;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.nio.AsyncConnectionEndpoint;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;

/**
 * Gets an {@link Attempt} its connection, and has it until it is given back.
 *
 * <pre>
 *   lease ──▶ connect ──▶ the attempt has it ──▶ released, or discarded
 *     └───────────────────────▲
 *        was connected before
 * </pre>
 *
 * <p>Runs on the attempt's first thread and on reactor threads, one after the other; only {@link #abort} may come from
 * another.
 */
final class Connecting implements FutureCallback<AsyncConnectionEndpoint> {
    private final Attempt attempt;
    private final UpstreamPool pool;
    private final boolean fresh;
    private volatile AsyncConnectionEndpoint endpoint;
    private volatile Future<?> lease;
    private volatile Future<?> leaseLimit;
    private boolean isNew;
    private volatile boolean connectPending;
    private boolean reused;

    /** @param fresh not to use a connection that was used before */
    Connecting(Attempt attempt, UpstreamPool pool, boolean fresh) {
        this.attempt = attempt;
        this.pool = pool;
        this.fresh = fresh;
    }

    void start(HttpRoute route) {
        Future<AsyncConnectionEndpoint> leasing;
        try {
            leasing = pool.lease(route, this);
        } catch (RuntimeException poolIsClosed) {
            attempt.failed(poolIsClosed);
            return;
        }
        if (!leasing.isDone()) {
            lease = leasing;
            leaseLimit = pool.cancelLater(leasing);
        }
    }

    /** Leased, or connected. */
    @Override
    public void completed(AsyncConnectionEndpoint leased) {
        connectPending = false;
        endpoint = leased;
        Future<?> limit = leaseLimit;
        if (limit != null) {
            limit.cancel(false);
        }
        if (attempt.isOver()) { // aborted meanwhile
            pool.discard(leased);
            return;
        }
        if (!isNew && leased.isConnected()) {
            if (fresh) {
                leased.close(CloseMode.GRACEFUL);
            } else {
                reused = true;
            }
        }
        try {
            if (leased.isConnected()) {
                attempt.connected(leased);
            } else if (isNew) {
                attempt.failed(new IOException("the connection was closed at once"));
            } else {
                isNew = true;
                connectPending = true;
                pool.connect(leased, this);
            }
        } catch (RuntimeException e) { // closed by the upstream in this moment
            attempt.failed(e);
        } catch (Error e) { // not on the reactor's account: it would end, and with it all exchanges
            attempt.failed(new IOException(e));
        }
    }

    /** There is nothing to lease, or it cannot be connected. */
    @Override
    public void failed(Exception cause) {
        connectPending = false; // before the question, as abort() asks in the other order: one of the two discards it
        if (attempt.isOver()) {
            discard();
        } else {
            attempt.failed(cause);
        }
    }

    /** No connection could be leased in time. */
    @Override
    public void cancelled() {
        attempt.noneIsFree();
    }

    /** Not wanted any more: whatever is there, or will be, is cut. The attempt is over. */
    void abort() {
        AsyncConnectionEndpoint leased = endpoint;
        Future<?> leasing = lease;
        if (leased == null && leasing != null) {
            leasing.cancel(true);
        } else if (!connectPending) { // else when the connect has ended, one way or the other
            discard();
        }
    }

    void release(TimeValue keepAlive) {
        pool.release(endpoint, keepAlive);
    }

    /** Cuts the connection, if there is one. */
    void discard() {
        AsyncConnectionEndpoint leased = endpoint;
        if (leased != null) {
            pool.discard(leased);
        }
    }

    /** Null until there is one. */
    AsyncConnectionEndpoint endpoint() {
        return endpoint;
    }

    /** Whether a connection is made for this attempt, and not taken over. */
    boolean isNew() {
        return isNew;
    }

    /** Whether the connection had been used before. */
    boolean isReused() {
        return reused;
    }
}
