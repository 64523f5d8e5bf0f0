package dev.holdfast.proxy;

import dev.holdfast.config.Printable;
import dev.holdfast.config.UpstreamAddress;
import dev.holdfast.config.UpstreamSettings;
import dev.holdfast.thread.OneThread;
import java.net.ConnectException;
import java.net.InetAddress;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.DefaultClientConnectionReuseStrategy;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.nio.AsyncConnectionEndpoint;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.CharCodingConfig;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.Host;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.pool.PoolStats;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/** The connections to the upstream, and the reactor threads that serve them. Thread-safe. */
final class UpstreamPool implements AutoCloseable {
    /** How much of a response may be on its way through before the client has to take some. Bytes. */
    static final int WINDOW = 128 * 1024;

    /** The most that comes of a response at a time. Bytes. */
    static final int PIECE = 32 * 1024;

    private static final Logger LOG = Logger.getLogger(UpstreamPool.class.getName());
    private static final int LONGEST_LINE = 64 * 1024;
    private static final int MOST_FIELDS = 1000;
    private static final TimeValue LONGEST_END = TimeValue.ofSeconds(1);
    private static final TimeValue EVICTION = TimeValue.ofSeconds(5);

    private final PoolingAsyncClientConnectionManager connections;
    private final CloseableHttpAsyncClient engine;
    private final NameLookup names;
    private final UpstreamConnector connector;
    private final ScheduledExecutorService timer;
    private final Timeout connectTimeout;
    private final Optional<String> tlsName;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    /**
     * @param timer for what has to happen later; stays the caller's
     * @param decorator makes an {@link UpstreamSession} of each new connection
     */
    UpstreamPool(
            String site,
            UpstreamSettings settings,
            ScheduledExecutorService timer,
            Function<IOSession, UpstreamSession> decorator) {
        this.timer = timer;
        this.connectTimeout = Timeout.of(settings.connectTimeout());
        this.tlsName = settings.tls().name();
        UpstreamTls tls = new UpstreamTls(settings.tls(), decorator);
        this.connections = PoolingAsyncClientConnectionManagerBuilder.create()
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                .setConnPoolPolicy(PoolReusePolicy.LIFO)
                .setMaxConnPerRoute(settings.maxConnections())
                .setMaxConnTotal(settings.maxConnections())
                .setTlsStrategy(tls)
                .setDnsResolver(new UpstreamConnector.LeaveToUs())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(connectTimeout)
                        .build())
                .setDefaultTlsConfig(TlsConfig.custom()
                        .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1)
                        .setHandshakeTimeout(connectTimeout)
                        .build())
                .build();
        this.engine = HttpAsyncClients.custom()
                .setConnectionManager(connections)
                .setConnectionManagerShared(true)
                .setIOReactorConfig(IOReactorConfig.custom()
                        .setIoThreadCount(Math.min(Runtime.getRuntime().availableProcessors(), 4))
                        .setSelectInterval(selectInterval(settings))
                        .setTcpNoDelay(true)
                        .setSoKeepAlive(true)
                        .build())
                .setHttp1Config(Http1Config.custom()
                        .setBufferSize(PIECE)
                        .setInitialWindowSize(WINDOW)
                        .setMaxLineLength(LONGEST_LINE)
                        .setMaxHeaderCount(MOST_FIELDS)
                        .build())
                .setCharCodingConfig(CharCodingConfig.custom()
                        .setCharset(StandardCharsets.ISO_8859_1)
                        .setMalformedInputAction(CodingErrorAction.REPLACE)
                        .setUnmappableInputAction(CodingErrorAction.REPLACE)
                        .build())
                .setConnectionReuseStrategy(DefaultClientConnectionReuseStrategy.INSTANCE)
                .setIoSessionDecorator(tls::decorate)
                .setIoReactorExceptionCallback(e -> LOG.log(
                        Level.SEVERE, Printable.escaped(e), () -> site + ": a thread that serves the upstream failed"))
                .setThreadFactory(task -> engineThread(task, site))
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableConnectionState()
                .disableContentCompression()
                .build();
        this.names = new NameLookup(site, InetAddress::getAllByName);
        this.connector = new UpstreamConnector((ConnectionInitiator) engine, names, timer);
        engine.start();
        timer.scheduleWithFixedDelay(
                connections::closeExpired, EVICTION.getDuration(), EVICTION.getDuration(), EVICTION.getTimeUnit());
    }

    /** How late a time limit may be noticed. Each is a thread that wakes, however idle. */
    private static TimeValue selectInterval(UpstreamSettings settings) {
        Duration shortest = Collections.min(List.of(settings.connectTimeout(), settings.responseTimeout()));
        return TimeValue.ofMilliseconds(Math.max(20, Math.min(shortest.toMillis() / 10, 500)));
    }

    private Thread engineThread(Runnable task, String site) {
        Thread thread = OneThread.daemon(task, "holdfast-io-" + site + "-" + (threads.size() + 1));
        threads.add(thread);
        return thread;
    }

    HttpRoute route(UpstreamAddress address) {
        HttpHost host = new HttpHost(address.secure() ? "https" : "http", address.host(), address.port());
        if (address.socket() != null) {
            return new HttpRoute(host, address.socket());
        }
        Host name = address.secure()
                ? tlsName.map(other -> new Host(other, address.port())).orElse(null)
                : null;
        return new HttpRoute(host, name, null, address.secure());
    }

    /** Gives a connection, idle or {@linkplain #connect still to be made}: at once, in this thread, if there is one. */
    Future<AsyncConnectionEndpoint> lease(HttpRoute route, FutureCallback<AsyncConnectionEndpoint> callback) {
        return connections.lease(null, route, null, Timeout.DISABLED, callback);
    }

    /** HttpCore looks at the time limit of a lease only when a connection is released, so the caller has to. */
    Future<?> cancelLater(Future<?> lease) {
        return timer.schedule(() -> lease.cancel(true), connectTimeout.toMilliseconds(), TimeUnit.MILLISECONDS);
    }

    /** Does not block, and does not call back in this thread. A {@link ConnectException} means that the upstream refuses. */
    void connect(AsyncConnectionEndpoint endpoint, FutureCallback<AsyncConnectionEndpoint> callback) {
        connections.connect(endpoint, connector, null, null, null, new ConnectFailures(callback, connectTimeout));
    }

    void release(AsyncConnectionEndpoint endpoint, TimeValue keepAlive) {
        connections.release(endpoint, null, keepAlive);
    }

    /** Cuts the connection: the upstream sees a reset, whatever was on its way. */
    void discard(AsyncConnectionEndpoint endpoint) {
        endpoint.close(CloseMode.IMMEDIATE);
        connections.release(endpoint, null, TimeValue.ZERO_MILLISECONDS);
    }

    /** Connections that have become tunnels are not among the {@code maxConnections}. */
    synchronized void addRoom(HttpRoute route, int tunnels) {
        connections.setMaxPerRoute(route, connections.getMaxPerRoute(route) + tunnels);
    }

    PoolStats stats() {
        return connections.getTotalStats();
    }

    void closeIdle() {
        connections.closeIdle(TimeValue.ZERO_MILLISECONDS);
    }

    /** Cuts what is left, and returns when the threads have ended; or after a second each, which has not been seen. */
    @Override
    public void close() {
        connections.close(CloseMode.IMMEDIATE);
        connector.close();
        names.close();
        try {
            // Not at once with CloseMode.IMMEDIATE: that closes the selectors under their threads, which then fail.
            engine.initiateShutdown();
            engine.awaitShutdown(LONGEST_END);
            engine.close(CloseMode.IMMEDIATE);
            for (Thread thread : threads) { // a container takes a thread that is still there for a leak
                thread.join(LONGEST_END.toMilliseconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
