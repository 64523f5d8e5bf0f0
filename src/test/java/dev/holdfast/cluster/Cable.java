package dev.holdfast.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What one node is connected to ZooKeeper with; can be cut, and plugged in again. */
public final class Cable implements AutoCloseable {
    private final int to;
    private final int port;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private ServerSocket server;

    public Cable(int to) throws IOException {
        this.to = to;
        this.server = listen(0);
        this.port = server.getLocalPort();
        accept(server);
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Nobody hears anything any more, and nobody is connected anew. */
    public void cut() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    public void plugIn() throws IOException {
        server = listen(port);
        accept(server);
    }

    @Override
    public void close() throws IOException {
        cut();
    }

    private static ServerSocket listen(int port) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return server;
    }

    private void accept(ServerSocket on) {
        run(() -> {
            while (true) {
                Socket near = on.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), to);
                sockets.add(near);
                sockets.add(far);
                if (on.isClosed()) {
                    near.close();
                    far.close();
                }
                run(() -> pump(near, far));
                run(() -> pump(far, near));
            }
        });
    }

    private static void pump(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void run(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException expected) {
                // Cut.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
