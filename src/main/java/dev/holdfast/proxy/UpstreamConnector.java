package dev.holdfast.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.util.Timeout;

/**
 * Connects, over TCP or a Unix socket. Stands before HttpCore's own, which does no more than one connect to one address. It
 * never blocks, and never calls back in the caller's thread but when it is closed.
 *
 * <p>It fails with a {@link java.net.ConnectException} where all addresses refused, and only there. Thread-safe.
 */
final class UpstreamConnector implements ConnectionInitiator, AutoCloseable {
    private final ConnectionInitiator engine;
    private final NameLookup names;
    private final ScheduledExecutorService timer;
    private final Set<ConnectTry> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    UpstreamConnector(ConnectionInitiator engine, NameLookup names, ScheduledExecutorService timer) {
        this.engine = engine;
        this.names = names;
        this.timer = timer;
    }

    /**
     * @param remote a Unix socket; anything else does not count, since the name is looked up here
     * @param timeout for all: lookup, and as many connects as there are addresses
     */
    @Override
    public Future<IOSession> connect(
            NamedEndpoint endpoint,
            SocketAddress remote,
            SocketAddress local,
            Timeout timeout,
            Object attachment,
            FutureCallback<IOSession> callback) {
        ConnectTry connecting = new ConnectTry(
                (address, limit, told) -> engine.connect(endpoint, address, local, limit, attachment, told),
                timer,
                timeout,
                callback,
                open);
        if (closed) { // T1 (here) adds one, T2 closes all, and either sees it
            connecting.close();
        } else if (remote == null || remote instanceof InetSocketAddress) {
            connecting.startsWithLookup();
            names.find(endpoint.getHostName(), connecting.found(endpoint.getPort()));
        } else {
            connecting.to(List.of(remote));
        }
        return connecting.result();
    }

    /** Ends what is still being tried: neither the timer nor a lookup will tell any more. */
    @Override
    public void close() {
        closed = true;
        open.forEach(ConnectTry::close);
    }

    /** For HttpClient, which would look the name up in the calling thread: leaves that to us. */
    static final class LeaveToUs implements DnsResolver {
        @Override
        public List<InetSocketAddress> resolve(String host, int port) {
            return List.of(InetSocketAddress.createUnresolved(host, port));
        }

        @Override
        public InetAddress[] resolve(String host) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}
