package dev.holdfast.proxy;

import dev.holdfast.config.Printable;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.util.Timeout;

/**
 * What is left of an exchange when the upstream has switched to another protocol (RFC 9110, section 7.8): bytes, both ways.
 *
 * <pre>
 *   upstream's 101 ──▶ started ──▶ joined by the client ──▶ one side ends, the other follows ──▶ over
 *                         └── never joined: aborted ──────────────────────────────────────────────┘
 * </pre>
 *
 * <p>An end is passed on as an end when all bytes before it are delivered, a reset at once as a reset. A tunnel that is
 * half-closed by the client stays for a second, so that the upstream can answer a close frame; Tomcat knows no such
 * connections. Thread-safe.
 */
public final class Tunnel implements OpenStream {
    private static final Logger LOG = Logger.getLogger(Tunnel.class.getName());
    private static final long LONGEST_JOIN_NANOS = 10_000_000_000L;

    /** For a frame to end, for the answers to our close frames, and for the upstream's last words to one who closes. */
    private static final long LONGEST_END_NANOS = 1_000_000_000L;

    private enum ClientEnd {
        NOT_YET,
        CLOSE,
        RESET
    }

    private final Exchange exchange;
    private final Attempt attempt;
    private final UpstreamSession session;
    private final HttpResponse head;
    private final boolean webSocket;
    private final long idleNanos;
    private final TunnelToClient toClient;
    private final TunnelToUpstream toUpstream;
    private final long startedNanos = System.nanoTime();
    private final AtomicReference<ClientEnd> clientEnd = new AtomicReference<>(ClientEnd.NOT_YET);
    private final AtomicBoolean ending = new AtomicBoolean();
    private final AtomicBoolean clientGone = new AtomicBoolean();
    private final AtomicBoolean upstreamGone = new AtomicBoolean();
    private final AtomicInteger sides = new AtomicInteger(2);
    private volatile TunnelClient client; // null until joined
    private volatile long lastByteNanos = startedNanos;
    private final AtomicBoolean halfClosed = new AtomicBoolean();
    private volatile long endBeganNanos;

    Tunnel(Exchange exchange, Attempt attempt, HttpResponse head, Upstream upstream) {
        this.exchange = exchange;
        this.attempt = attempt;
        this.session = attempt.session();
        this.head = head;
        this.webSocket = UpgradeOffer.isWebSocket(head);
        this.idleNanos = upstream.tunnelIdleTimeout().toNanos();
        this.toClient = new TunnelToClient(this, session, upstream.buffers(), borders());
        this.toUpstream = new TunnelToUpstream(this, session, upstream.buffers(), borders());
    }

    private FrameBorders borders() {
        return webSocket ? new FrameBorders() : null;
    }

    /** Takes the connection from the HTTP engine. Reactor thread. */
    void start() {
        byte[] surplus = session.takeSurplus();
        session.upgrade(new UpstreamEvents());
        session.setSocketTimeout(Timeout.DISABLED);
        toClient.write(surplus, surplus.length);
    }

    // --- The container's side ---

    /** Writes the head of the upstream's answer. */
    public void answer(HttpServletResponse response) {
        ResponseHead.copySwitch(head, response);
    }

    /** The container has switched: bytes flow. Container thread. */
    public void join(TunnelClient joining) {
        client = joining;
        toClient.join(joining.out());
        toUpstream.join(joining.in());
        if (clientEnd.get() != ClientEnd.NOT_YET) {
            endJoinedClient();
        }
    }

    /** The client's connection is closed; or it never came to be one of this tunnel. Any thread, any number of times. */
    public void clientGone() {
        clientEnd.compareAndSet(ClientEnd.NOT_YET, ClientEnd.CLOSE);
        toClient.stop();
        halfClose();
        sideGone(clientGone);
    }

    /** The client will not join. The upstream sees a reset. */
    public void abort() {
        toClient.stop();
        session.close(CloseMode.IMMEDIATE);
        endClient(ClientEnd.RESET);
        nobodyJoins();
    }

    private void nobodyJoins() {
        if (client == null) {
            sideGone(clientGone);
        }
    }

    // --- Told by the two directions ---

    void touched() {
        lastByteNanos = System.nanoTime();
    }

    boolean isEncrypted() {
        return session.isSecure();
    }

    void readClientAgain() {
        TunnelClient joined = client;
        if (joined != null) {
            joined.readAgain();
        }
    }

    void upstreamEnded() {
        if (!ending.get()) {
            toClient.end();
        }
        session.close(CloseMode.GRACEFUL);
    }

    void upstreamBroke(Throwable cause) {
        if (LOG.isLoggable(Level.FINE)) {
            LOG.log(Level.FINE, Printable.escaped(cause), () -> "the upstream's end of a tunnel broke");
        }
        toClient.stop();
        endClient(ClientEnd.RESET);
        session.close(CloseMode.IMMEDIATE);
    }

    void clientEnded() {
        if (ending.get()) {
            endClient(ClientEnd.CLOSE);
        } else {
            halfClose();
        }
    }

    private void halfClose() {
        if (!ending.get() && halfClosed.compareAndSet(false, true)) {
            endBeganNanos = System.nanoTime();
            toUpstream.end();
        }
    }

    void clientBroke(Throwable cause) {
        if (LOG.isLoggable(Level.FINE)) {
            LOG.log(Level.FINE, Printable.escaped(cause), () -> "the client's end of a tunnel broke");
        }
        endClient(ClientEnd.CLOSE);
        toClient.stop();
        session.close(CloseMode.IMMEDIATE);
    }

    /** All that is to come to the client has come. */
    void closeClient() {
        endClient(ClientEnd.CLOSE);
    }

    // --- Told by the clock and the operator ---

    /** A WebSocket gets a close frame, so that its client comes again by itself; others just end. */
    @Override
    public boolean waitsAtTheGate() {
        return exchange.waitsAtTheGate();
    }

    @Override
    public void endForRestart() {
        if (!ending.compareAndSet(false, true)) {
            return;
        }
        endBeganNanos = System.nanoTime();
        if (webSocket) {
            toClient.endWith(CloseFrame.fromServer());
            toUpstream.endWith(CloseFrame.fromClient());
        } else {
            close();
        }
    }

    @Override
    public void look(long nowNanos) {
        if (client == null && nowNanos - startedNanos > LONGEST_JOIN_NANOS) {
            abort();
        } else if ((ending.get() || halfClosed.get()) && nowNanos - endBeganNanos > LONGEST_END_NANOS
                || nowNanos - lastByteNanos > idleNanos) {
            close();
        }
    }

    private void close() {
        endClient(ClientEnd.CLOSE);
        toClient.stop();
        session.close(CloseMode.GRACEFUL);
        nobodyJoins();
    }

    // --- Ends ---

    private void endClient(ClientEnd how) {
        if (clientEnd.compareAndSet(ClientEnd.NOT_YET, how) && client != null) {
            endJoinedClient();
        }
    }

    private void endJoinedClient() {
        if (clientEnd.get() == ClientEnd.RESET) {
            client.reset();
        } else {
            client.close();
        }
    }

    private void sideGone(AtomicBoolean side) {
        if (side.compareAndSet(false, true) && sides.decrementAndGet() == 0) {
            attempt.giveBack();
            exchange.tunnelEnded(this);
        }
    }

    /** On the reactor thread. */
    private final class UpstreamEvents implements IOEventHandler {
        @Override
        public void connected(IOSession connected) {
            // Long ago.
        }

        @Override
        public void inputReady(IOSession ready, ByteBuffer pushed) {
            try {
                toClient.inputReady(pushed);
            } catch (IOException e) {
                upstreamBroke(e);
            }
        }

        @Override
        public void outputReady(IOSession ready) {
            toUpstream.outputReady();
        }

        /** TLS sets a time limit for its own farewell. */
        @Override
        public void timeout(IOSession silent, Timeout timeout) {
            session.close(CloseMode.IMMEDIATE);
        }

        @Override
        public void exception(IOSession broken, Exception cause) {
            upstreamBroke(cause);
        }

        /** Always the last. */
        @Override
        public void disconnected(IOSession closed) {
            if (halfClosed.get()) {
                toClient.end();
            } else if (!ending.get() && !toClient.isEnded()) {
                toClient.stop();
                endClient(ClientEnd.RESET);
            }
            sideGone(upstreamGone);
        }
    }
}
