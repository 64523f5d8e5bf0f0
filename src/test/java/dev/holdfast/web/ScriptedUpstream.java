package dev.holdfast.web;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import javax.net.ssl.SSLContext;

/** An upstream that does what the test says, byte by byte: accepts nothing, reads nothing and sends nothing by itself. */
final class ScriptedUpstream implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final ServerSocket server;

    ScriptedUpstream() throws IOException {
        this(0);
    }

    ScriptedUpstream(int port) throws IOException {
        this(new ServerSocket(), port);
    }

    /** With TLS. */
    ScriptedUpstream(SSLContext context) throws IOException {
        this(context.getServerSocketFactory().createServerSocket(), 0);
    }

    private ScriptedUpstream(ServerSocket unbound, int port) throws IOException {
        server = unbound;
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 1000);
        server.setSoTimeout(PATIENCE_MILLIS);
    }

    int port() {
        return server.getLocalPort();
    }

    Wire accept() throws IOException {
        return new Wire(server.accept());
    }

    /** A connection on which a request head comes; those on which nothing comes before the end are probes. */
    Arrived acceptRequest() throws IOException {
        for (; ; ) {
            Wire connection = accept();
            String head = connection.readHead();
            if (!head.isEmpty()) {
                return new Arrived(connection, head);
            }
            connection.close();
        }
    }

    boolean hasPending(int millis) throws IOException {
        server.setSoTimeout(millis);
        try {
            server.accept().close();
            return true;
        } catch (java.net.SocketTimeoutException none) {
            return false;
        } finally {
            server.setSoTimeout(PATIENCE_MILLIS);
        }
    }

    record Arrived(Wire connection, String head) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            connection.close();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
