package dev.holdfast.cluster;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.zookeeper.ZooDefs.OpCode;

/** What one client is connected to ZooKeeper with; can be cut, and plugged in again, and lose a transaction or its answer. */
public final class Cable implements AutoCloseable {
    private final int to;
    private final int port;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicReference<Loss> loss = new AtomicReference<>();
    private ServerSocket server;

    /** What is asked for in a transaction first, as ZooKeeper numbers it. */
    public enum First {
        SET_DATA(OpCode.setData),
        CHECK(OpCode.check);

        private final int code;

        First(int code) {
            this.code = code;
        }
    }

    private record Loss(First first, boolean arrives, Callable<?> meanwhile) {}

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

    /**
     * The next transaction that begins so loses its connection.
     *
     * @param arrives whether only the answer is lost
     * @param meanwhile done before the client can connect anew
     */
    public void loseNext(First first, boolean arrives, Callable<?> meanwhile) {
        loss.set(new Loss(first, arrives, meanwhile));
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
                run(() -> ask(near, far));
                run(() -> answer(far, near));
            }
        });
    }

    /** A length, and so many bytes: number and kind of the request, and of a transaction the kind of its first part. */
    private void ask(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            DataInputStream in = new DataInputStream(from.getInputStream());
            DataOutputStream out = new DataOutputStream(to.getOutputStream());
            for (boolean greeting = true; ; greeting = false) {
                byte[] frame = in.readNBytes(in.readInt());
                Loss lost = greeting || frame.length < 12 ? null : lost(ByteBuffer.wrap(frame));
                if (lost == null || lost.arrives()) {
                    ByteBuffer framed = ByteBuffer.allocate(4 + frame.length);
                    out.write(framed.putInt(frame.length).put(frame).array());
                }
                if (lost != null) {
                    server.close();
                    from.close();
                    lost.meanwhile().call();
                    plugIn();
                    return;
                }
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Loss lost(ByteBuffer frame) {
        Loss next = loss.get();
        boolean fits = next != null && frame.getInt(4) == OpCode.multi && frame.getInt(8) == next.first().code;
        return fits && loss.compareAndSet(next, null) ? next : null;
    }

    private static void answer(Socket from, Socket to) throws IOException {
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
