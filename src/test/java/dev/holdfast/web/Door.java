package dev.holdfast.web;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** Where an upstream is reached: TCP, TLS or a Unix socket. */
interface Door extends AutoCloseable {
    Guest accept() throws IOException;

    /** As the setting {@code upstream}. */
    String address();

    @Override
    void close() throws IOException;

    /**
     * A connection that was accepted.
     *
     * @param end ends it without haste: FIN, and close_notify before, with TLS
     */
    record Guest(InputStream in, OutputStream out, Closing end) {}

    interface Closing {
        void close() throws IOException;
    }

    /** The other side sees it when this returns. A close alone leaves it to the thread that reads here, which wakes up later. */
    private static void end(Closeable connection, Closing first) throws IOException {
        try {
            first.close();
        } catch (IOException ended) {
            // By that thread, or by the other side.
        }
        connection.close();
    }

    static Door tcp() throws IOException {
        return new Sockets(new ServerSocket(0, 1000, InetAddress.getByName("127.0.0.1")), "http");
    }

    static Door tls(SSLContext context, int port, String... protocols) throws IOException {
        SSLServerSocket server =
                (SSLServerSocket) context.getServerSocketFactory().createServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 1000);
        if (protocols.length > 0) {
            server.setEnabledProtocols(protocols);
        }
        return new Sockets(server, "https");
    }

    static Door unix(Path file) throws IOException {
        return new Unix(file);
    }

    record Sockets(ServerSocket server, String scheme) implements Door {
        @Override
        public Guest accept() throws IOException {
            Socket socket = server.accept();
            socket.setTcpNoDelay(true);
            return new Guest(
                    socket.getInputStream(), socket.getOutputStream(), () -> end(socket, socket::shutdownOutput));
        }

        @Override
        public String address() {
            return scheme + "://127.0.0.1:" + server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    final class Unix implements Door {
        private final Path file;
        private final ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);

        private Unix(Path file) throws IOException {
            this.file = file;
            server.bind(UnixDomainSocketAddress.of(file), 1000);
        }

        @Override
        public Guest accept() throws IOException {
            SocketChannel channel = server.accept();
            return new Guest(
                    Channels.newInputStream(channel),
                    Channels.newOutputStream(channel),
                    () -> end(channel, channel::shutdownInput)); // a write on the other side fails from then on
        }

        @Override
        public String address() {
            return "unix:" + file;
        }

        @Override
        public void close() throws IOException {
            server.close();
            Files.deleteIfExists(file);
        }
    }
}
