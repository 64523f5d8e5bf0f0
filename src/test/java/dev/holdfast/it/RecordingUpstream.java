package dev.holdfast.it;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An upstream inside the test, for requests without a body: notes each request line and when it came, and answers 200. A
 * thread for each connection.
 */
final class RecordingUpstream implements AutoCloseable {
    private static final byte[] ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"
            .getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

    /** A request line, and the {@link System#nanoTime()} at which its first byte was there. */
    record Received(String requestLine, long nanoTime) {}

    RecordingUpstream() throws IOException {
        new Thread(this::accept, "upstream-accept").start();
    }

    int port() {
        return server.getLocalPort();
    }

    /** Connections that were ever made to it. */
    int acceptedConnections() {
        return accepted.get();
    }

    /** Connections that its peers have not closed. */
    int openConnections() {
        return open.size();
    }

    BlockingQueue<Received> received() {
        return received;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                accepted.incrementAndGet();
                open.add(socket);
                new Thread(() -> serve(socket), "upstream").start();
            }
        } catch (IOException closed) {
            // close() ends the loop so
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                in.mark(1);
                if (in.read() < 0) {
                    break;
                }
                long now = System.nanoTime();
                in.reset();
                String requestLine = Http1Body.line(in);
                while (!Http1Body.line(in).isEmpty()) {}
                received.add(new Received(requestLine, now));
                socket.getOutputStream().write(ANSWER);
            }
        } catch (IOException peerGone) {
            // counted below, like an orderly end
        } finally {
            open.remove(socket);
        }
    }
}
