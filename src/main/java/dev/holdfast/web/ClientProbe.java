package dev.holdfast.web;

import jakarta.servlet.ServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.Lock;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Looks whether the client of one held request is still there.
 *
 * <p>No servlet API tells: nobody reads the connection of a held request, so neither FIN nor RST is noticed, and writing
 * proves nothing (the first write after a FIN succeeds). This reads, without waiting, into the buffer that every later
 * read of Tomcat empties first, so body and pipelined requests stay whole. It works for HTTP/1.1 over Tomcat's NIO
 * connector, plain and TLS. Elsewhere {@link #of} gives {@link #NEVER}; HTTP/2 needs no probe, there
 * {@code AsyncListener.onError} tells.
 *
 * <p>Not seen: a client behind a proxy that keeps its connection; one that vanished without FIN (until TCP keep-alive
 * finds out); one that left more unread body behind than the buffer takes. One that closed its sending half is gone.
 *
 * <p>Thread-safe. Keeps the connection reachable: to be dropped with the request.
 */
final class ClientProbe {
    /** What a probe saw. */
    enum State {
        /** The connection is open in both directions. */
        ALIVE,
        /** The client has closed or reset its connection, or the container has. */
        GONE,
        /** Cannot be told: it has sent more than the container's buffer takes, and what follows, be it the end, is not read. */
        FULL,
        /** Cannot be told here at all. */
        UNKNOWN,
        /** A container thread has the connection, a ReadListener waits for the body, or the request is over. */
        BUSY
    }

    private static final Logger LOG = Logger.getLogger(ClientProbe.class.getName());
    private static final String BLIND =
            "a client that leaves while it is held over HTTP/1.1 is noticed only when it is answered";
    private static final TomcatInternals TOMCAT = findTomcat();

    /** The probe of a request that cannot be probed: always {@code UNKNOWN}. */
    static final ClientProbe NEVER = new ClientProbe(null, null, null, null);

    private final Object connection;
    private final Object coyoteRequest;
    private final Object requestId;
    private final SocketChannel socket;

    private ClientProbe(Object connection, Object coyoteRequest, Object requestId, SocketChannel socket) {
        this.connection = connection;
        this.coyoteRequest = coyoteRequest;
        this.requestId = requestId;
        this.socket = socket;
    }

    /** The probe of a request that a container thread is just running; looks through request wrappers. */
    static ClientProbe of(ServletRequest request) {
        if (TOMCAT == null) {
            return NEVER;
        }
        ServletRequest facade = Unwrapped.request(request);
        try {
            return TOMCAT.isRequest(facade) ? ofTomcat(facade) : NEVER;
        } catch (Throwable e) {
            throw Unwrapped.unexpected(e);
        }
    }

    private static ClientProbe ofTomcat(Object facade) throws Throwable {
        Object coyoteRequest = TOMCAT.coyoteRequest().invokeExact(facade);
        Object processor = TOMCAT.processor().invokeExact(coyoteRequest);
        if (TOMCAT.isHttp11(processor)) {
            Object connection = TOMCAT.connection().invokeExact(processor);
            if (TOMCAT.isNio(connection)) {
                Object requestId = TOMCAT.requestId().invokeExact(coyoteRequest);
                Object channel = TOMCAT.channel().invokeExact(connection);
                SocketChannel socket = (SocketChannel) TOMCAT.socket().invokeExact(channel);
                return new ClientProbe(connection, coyoteRequest, requestId, socket);
            }
        }
        if (!TOMCAT.isHttp2(processor)) {
            OtherConnector.sayOnce();
        }
        return NEVER;
    }

    /** The client's connection; null where it cannot be probed. */
    SocketChannel socket() {
        return socket;
    }

    /**
     * Looks once, from any thread; never waits. To be called while the request is held, neither dispatched nor
     * completed; called later it does no harm, unless another thread than the container's is then reading the body.
     */
    State probe() {
        return probe(false);
    }

    /**
     * The same for a request that is being answered: the body, if there is one, must have been read to its end, so that a
     * ReadListener has nothing to wait for any more.
     */
    State probe(boolean bodyIsRead) {
        if (this == NEVER) {
            return State.UNKNOWN;
        }
        try {
            // The lock of whoever runs the connection; also still held while the filter that holds is returning.
            Lock lock = (Lock) TOMCAT.lock().invokeExact(connection);
            if (!lock.tryLock()) {
                return State.BUSY;
            }
            try {
                return look(bodyIsRead);
            } finally {
                lock.unlock();
            }
        } catch (Throwable e) {
            throw Unwrapped.unexpected(e);
        }
    }

    private State look(boolean bodyIsRead) throws Throwable {
        if ((boolean) TOMCAT.isClosed().invokeExact(connection)) {
            return State.GONE;
        }
        // T1 (we) comes late: T2 has released the request, and a container thread has ended it and begun the next
        // one of this connection, or has asked Tomcat's poller to say when the body comes. What T1 took off the socket
        // now, the poller would never see. Hence: still the same request, and nobody listens.
        if (TOMCAT.requestId().invokeExact(coyoteRequest) != requestId
                || !bodyIsRead && TOMCAT.readListener().invokeExact(coyoteRequest) != null) {
            return State.BUSY;
        }
        ByteBuffer buffer = TOMCAT.inputOf(connection);
        try {
            // Once more after a read that got something: a FIN may be right behind it.
            while (buffer.hasRemaining()) {
                int got = socket.read(buffer);
                if (got <= 0) {
                    return got < 0 ? State.GONE : State.ALIVE;
                }
            }
            return State.FULL;
        } catch (IOException reset) {
            return State.GONE;
        }
    }

    private static TomcatInternals findTomcat() {
        try {
            return TomcatInternals.find(ClientProbe.class.getClassLoader());
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.log(Level.INFO, "{0}: this is no Tomcat that we know ({1})", new Object[] {BLIND, e});
            return null;
        }
    }

    /** Initialized, and so said, once: with the first request that comes another way than Tomcat's HTTP over NIO. */
    private static final class OtherConnector {
        static {
            LOG.log(Level.INFO, "{0}: it came through a connector other than Tomcat''s HTTP over NIO", BLIND);
        }

        static void sayOnce() {}
    }
}
