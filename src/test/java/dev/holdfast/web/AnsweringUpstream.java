package dev.holdfast.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An upstream with a thread for each connection, that answers requests without a body and notes them in their order. */
final class AnsweringUpstream implements AutoCloseable {
    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** Says what is sent back; may wait. */
    interface Script {
        String answer(String target) throws Exception;
    }

    private final ServerSocket server = new ServerSocket();
    private final Script script;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<String> targets = new CopyOnWriteArrayList<>();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicInteger mostUnanswered = new AtomicInteger();

    AnsweringUpstream(Script script) throws IOException {
        this(0, script);
    }

    AnsweringUpstream(int port, Script script) throws IOException {
        this.script = script;
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 1000);
        new Thread(this::accept, "upstream-accept").start();
    }

    static String status(int status) {
        return "HTTP/1.1 " + status + " x\r\nContent-Length: 0\r\n\r\n";
    }

    int port() {
        return server.getLocalPort();
    }

    /** All that were asked for, oldest first. */
    List<String> targets() {
        return targets;
    }

    long asked(String target) {
        return targets.stream().filter(target::equals).count();
    }

    int mostUnanswered() {
        return mostUnanswered.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
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
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                String target = head.split(" ")[1];
                // Counted before it can be answered, and no more before the answer can be seen.
                mostUnanswered.accumulateAndGet(unanswered.incrementAndGet(), Math::max);
                targets.add(target);
                String answer = script.answer(target);
                unanswered.decrementAndGet();
                out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (Exception peerGone) {
            // so is the connection
        } finally {
            open.remove(socket);
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int ends = 0;
        for (int c = in.read(); c >= 0; c = in.read()) {
            head.write(c);
            ends = c == '\n' ? ends + 1 : c == '\r' ? ends : 0;
            if (ends == 2) {
                return head.toString(StandardCharsets.ISO_8859_1);
            }
        }
        return "";
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
