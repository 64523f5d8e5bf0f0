package dev.holdfast.proxy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.concurrent.BasicFuture;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.util.Timeout;

/**
 * One connection that is being made.
 *
 * <pre>
 *   lookup ──▶ first address ──▶ connected
 *     │          │  next, or the same socket once more
 *     │          ▼
 *     └──────▶ failed: refused, if that is what all addresses did
 * </pre>
 *
 * <p>One thread at a time; the time limit of the lookup is the exception, and {@link #close}.
 */
final class ConnectTry implements FutureCallback<IOSession> {
    private static final long SHORTEST_PAUSE_MILLIS = 5;
    private static final long LONGEST_PAUSE_MILLIS = 100;

    /** One connect to one address. */
    interface Connect {
        Future<IOSession> start(SocketAddress address, Timeout limit, FutureCallback<IOSession> callback);
    }

    private final Connect connect;
    private final ScheduledExecutorService timer;
    private final Timeout timeout;
    private final long deadline; // nanoseconds
    private final BasicFuture<IOSession> result;
    private Future<?> lookupLimit;
    private List<? extends SocketAddress> addresses;
    private int next;
    private long pauseMillis = SHORTEST_PAUSE_MILLIS;
    private Exception failure; // the first that is not a refusal

    /** @param open where it is as long as nothing has come of it */
    ConnectTry(
            Connect connect,
            ScheduledExecutorService timer,
            Timeout timeout,
            FutureCallback<IOSession> callback,
            Set<ConnectTry> open) {
        this.connect = connect;
        this.timer = timer;
        this.timeout = timeout;
        this.deadline = System.nanoTime() + timeout.toNanoseconds();
        this.result = new BasicFuture<>(new FutureCallback<>() {
            @Override
            public void completed(IOSession session) {
                open.remove(ConnectTry.this);
                callback.completed(session);
            }

            @Override
            public void failed(Exception cause) {
                open.remove(ConnectTry.this);
                callback.failed(cause);
            }

            @Override
            public void cancelled() {
                open.remove(ConnectTry.this);
                callback.cancelled();
            }
        });
        open.add(this);
    }

    /** Cancelled, it closes a connection that comes after all. */
    Future<IOSession> result() {
        return result;
    }

    void startsWithLookup() {
        lookupLimit = timer.schedule(
                () -> result.failed(tooLate("looking its name up took longer")), leftNanos(), TimeUnit.NANOSECONDS);
    }

    FutureCallback<List<InetAddress>> found(int port) {
        return new FutureCallback<>() {
            @Override
            public void completed(List<InetAddress> found) {
                lookupLimit.cancel(false);
                if (!result.isDone()) {
                    to(found.stream()
                            .map(address -> new InetSocketAddress(address, port))
                            .toList());
                }
            }

            @Override
            public void failed(Exception cause) {
                lookupLimit.cancel(false);
                result.failed(cause);
            }

            @Override
            public void cancelled() {
                result.cancel();
            }
        };
    }

    /** Each gets its share of the time that is left, or one that never answers would leave none for the others. */
    void to(List<? extends SocketAddress> found) {
        addresses = found;
        connectNext();
    }

    private void connectNext() {
        long share = Math.max(leftNanos() / (addresses.size() - next), TimeUnit.MILLISECONDS.toNanos(1));
        try {
            connect.start(addresses.get(next), Timeout.of(share, TimeUnit.NANOSECONDS), this);
        } catch (RuntimeException closed) {
            result.failed(closed);
        }
    }

    @Override
    public void completed(IOSession session) {
        if (!result.completed(session)) {
            session.close(CloseMode.IMMEDIATE);
        }
    }

    @Override
    public void failed(Exception cause) {
        if (result.isDone()) {
            return;
        }
        boolean refused = isRefusal(cause);
        if (addresses.get(next) instanceof UnixDomainSocketAddress socket && !refused) {
            UnixSocket file = new UnixSocket(socket);
            if (file.isAbsent()) {
                refused = true;
            } else if (file.isOpenToUs() && leftNanos() > 0) {
                again(); // its queue is full; a TCP connect waits for that inside the system
                return;
            }
        }
        if (!refused && failure == null) {
            failure = cause;
        }
        next++;
        if (next < addresses.size()) {
            connectNext();
        } else {
            result.failed(summary());
        }
    }

    private Exception summary() {
        if (failure == null) {
            return new ConnectException("refused");
        }
        // HttpClient would rewrite a time-out, with a wrong name.
        return failure instanceof SocketTimeoutException || failure instanceof ConnectException
                ? tooLate("connecting took longer")
                : failure;
    }

    private void again() {
        timer.schedule(this::connectNext, pauseMillis, TimeUnit.MILLISECONDS);
        pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
    }

    @Override
    public void cancelled() {
        result.cancel();
    }

    /** Not where nobody answered the system, which Java calls by the same name. */
    private static boolean isRefusal(Exception cause) {
        return cause instanceof ConnectException && !"Connection timed out".equals(cause.getMessage());
    }

    /** Nobody goes on with it. Any thread. */
    void close() {
        result.failed(new IOException("the connections to the upstream are closed"));
    }

    private IOException tooLate(String what) {
        return new IOException(what + " than " + timeout.toMilliseconds() + " ms");
    }

    private long leftNanos() {
        return deadline - System.nanoTime();
    }
}
