package dev.holdfast.proxy;

import dev.holdfast.config.Printable;
import dev.holdfast.config.ReadySettings;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.nio.AsyncConnectionEndpoint;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.RequestChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;

/**
 * One look whether an upstream is ready: a new connection, since a kept one may lead to a process that is going away, and a GET
 * on it where there is a path. Thread-safe; tells once, in any thread. The connection is not kept.
 */
final class ReadinessProbe implements AsyncClientExchangeHandler, FutureCallback<AsyncConnectionEndpoint> {
    /** What comes of it. */
    interface Listener {
        /** @param seen one phrase; the same for the same thing, each time */
        void seen(boolean up, String seen);
    }

    private static final int MOST_BODY = 64 * 1024;

    private final UpstreamPool pool;
    private final Upstream.Destination destination;
    private final ScheduledExecutorService timer;
    private final ReadySettings settings;
    private final Listener listener;
    private final String question;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile AsyncConnectionEndpoint endpoint;
    private volatile Future<?> limit;
    private volatile Future<AsyncConnectionEndpoint> leasing;
    private volatile boolean connecting;
    private int status;
    private int bodyBytes;
    private volatile boolean orderly;

    ReadinessProbe(
            UpstreamPool pool,
            Upstream.Destination destination,
            ScheduledExecutorService timer,
            ReadySettings settings,
            Listener listener) {
        this.pool = pool;
        this.destination = destination;
        this.timer = timer;
        this.settings = settings;
        this.listener = listener;
        this.question = settings.path()
                .map(path -> "GET " + path + " of " + destination.address() + " ")
                .orElse("a connection to " + destination.address() + " ");
    }

    void start() {
        limit = timer.schedule(this::timedOut, settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
        try {
            leasing = pool.lease(destination.route(), this);
        } catch (RuntimeException poolIsClosed) {
            failed(poolIsClosed);
        }
    }

    /** Leased, or connected. */
    @Override
    public void completed(AsyncConnectionEndpoint leased) {
        boolean connected = connecting;
        connecting = false;
        endpoint = leased;
        if (over.get()) {
            giveBack(leased);
            return;
        }
        try {
            if (!connected) {
                if (leased.isConnected()) {
                    leased.close(CloseMode.GRACEFUL);
                }
                connecting = true;
                pool.connect(leased, this);
            } else if (settings.path().isPresent()) {
                leased.execute("", this, HttpCoreContext.create());
            } else {
                connectsWell();
            }
        } catch (RuntimeException | Error e) {
            failed(new IOException(e));
        }
    }

    @Override
    public void failed(Exception cause) {
        connecting = false;
        if (over.get()) {
            AsyncConnectionEndpoint leased = endpoint;
            if (leased != null) {
                giveBack(leased);
            }
        } else if (cause instanceof ConnectException) {
            end(false, destination.address() + " refuses connections");
        } else if (cause instanceof SSLException && settings.path().isEmpty()) {
            connectsWell(); // what it does with a connection is told to each client
        } else {
            end(false, question + "failed: " + Printable.escaped(cause.toString()));
        }
    }

    @Override
    public void cancelled() {
        end(false, question + "was not tried: all connections are in use");
    }

    @Override
    public void produceRequest(RequestChannel channel, HttpContext context) throws HttpException, IOException {
        HttpRequest head = new BasicHttpRequest(
                "GET", destination.route().getTargetHost(), settings.path().orElseThrow());
        head.addHeader(new BasicHeader("Host", destination.address().authority()));
        head.addHeader(new BasicHeader("User-Agent", "holdfast"));
        head.addHeader(new BasicHeader("Connection", "close"));
        channel.sendRequest(head, null, context);
    }

    @Override
    public int available() {
        return 0;
    }

    @Override
    public void produce(DataStreamChannel channel) {
        // There is no body.
    }

    @Override
    public void consumeInformation(HttpResponse response, HttpContext context) {
        // The answer is still to come.
    }

    @Override
    public void consumeResponse(HttpResponse response, EntityDetails entity, HttpContext context) {
        status = response.getCode();
        if (entity == null) {
            answered();
        }
    }

    @Override
    public void updateCapacity(CapacityChannel capacity) throws IOException {
        capacity.update(MOST_BODY);
    }

    @Override
    public void consume(ByteBuffer source) {
        bodyBytes += source.remaining();
        source.position(source.limit());
        if (bodyBytes > MOST_BODY) {
            answered();
        }
    }

    @Override
    public void streamEnd(List<? extends Header> trailers) {
        answered();
    }

    @Override
    public void releaseResources() {
        end(false, question + "was not answered: the connection was closed");
    }

    @Override
    public void cancel() {
        end(false, question + "was not answered: the connection was closed");
    }

    /** A redirect is no 2xx: where it leads to is not the site that is asked. */
    private void answered() {
        orderly = bodyBytes <= MOST_BODY;
        end(status >= 200 && status < 300, question + "answered " + status);
    }

    private void connectsWell() {
        orderly = true;
        end(true, destination.address() + " takes connections");
    }

    private void timedOut() {
        Future<?> lease = leasing;
        if (endpoint == null && lease != null) {
            lease.cancel(true);
        }
        end(false, question + "was not answered within " + settings.timeout().toMillis() + " ms");
    }

    private void end(boolean up, String seen) {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        Future<?> timeout = limit;
        if (timeout != null) {
            timeout.cancel(false);
        }
        AsyncConnectionEndpoint leased = endpoint;
        if (leased != null && !connecting) { // else when the connect has ended, one way or the other
            giveBack(leased);
        }
        listener.seen(up, seen);
    }

    private void giveBack(AsyncConnectionEndpoint leased) {
        if (orderly) {
            leased.close(CloseMode.GRACEFUL);
            pool.release(leased, TimeValue.ZERO_MILLISECONDS);
        } else { // gracefully, it would wait for the answer
            pool.discard(leased);
        }
    }
}
