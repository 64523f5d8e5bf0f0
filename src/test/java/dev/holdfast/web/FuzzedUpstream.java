package dev.holdfast.web;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** An upstream that answers canaries as it should, and all others at random. What it must never get is a complaint. */
final class FuzzedUpstream implements AutoCloseable {
    /** So many of those canaries that ask for it are answered together. */
    static final int TOGETHER = 16;

    private final ServerSocket server = new ServerSocket(0, 500, InetAddress.getByName("127.0.0.1"));
    private final long seed;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<String> canaries = ConcurrentHashMap.newKeySet();
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private final Map<String, Boolean> behindStrangers = new ConcurrentHashMap<>();
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicInteger waiting = new AtomicInteger();
    private final CyclicBarrier together = new CyclicBarrier(TOGETHER, this::awaitNoOther);

    FuzzedUpstream(long seed) throws IOException {
        this.seed = seed;
        start("fuzzed-upstream", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    int openConnections() {
        return open.size();
    }

    long connections() {
        return connections.get();
    }

    long requests() {
        return requests.get();
    }

    Queue<String> complaints() {
        return complaints;
    }

    /** Whether a canary came by a connection on which strangers had been answered before; null when it did not come. */
    Boolean cameBehindStrangers(String canary) {
        return behindStrangers.get(canary);
    }

    private void accept() {
        try {
            for (; ; ) {
                Socket socket = server.accept();
                open.add(socket);
                Random random = new Random(seed + connections.incrementAndGet());
                start("fuzzed-upstream-connection", () -> serve(socket, random));
            }
        } catch (IOException closed) {
            // The end.
        }
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket socket, Random random) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            boolean strangers = false;
            for (StrictRequest request = StrictRequest.read(in); request != null; request = StrictRequest.read(in)) {
                requests.incrementAndGet();
                if (request.target().startsWith("/canary/")) {
                    behindStrangers.merge(request.target(), strangers, Boolean::logicalOr);
                    answer(request, socket);
                } else if (!misbehave(socket, random)) {
                    return;
                } else {
                    strangers = true;
                }
            }
        } catch (StrictRequest.Invalid invalid) {
            complaints.add(invalid.getMessage());
        } catch (IOException cut) {
            // Holdfast may cut at any time.
        } finally {
            open.remove(socket);
        }
    }

    private void answer(StrictRequest request, Socket socket) throws IOException {
        if (request.method().equals("POST") && !canaries.add(request.target())) {
            complaints.add("twice: " + request);
        }
        if (request.target().startsWith("/canary/together-")) {
            awaitOthers();
        }
        String body = "answer to " + request.target() + " " + new String(request.body(), StandardCharsets.ISO_8859_1);
        write(socket, "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private void awaitOthers() {
        waiting.incrementAndGet();
        try {
            together.await(2, TimeUnit.SECONDS);
        } catch (Exception tooFew) {
            complaints.add("fewer than " + TOGETHER + " came together");
        } finally {
            waiting.decrementAndGet();
        }
    }

    private void awaitNoOther() {
        try {
            Thread.sleep(200); // that nobody comes is no event
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (waiting.get() != TOGETHER) {
            complaints.add("not " + TOGETHER + " but " + waiting + " came together");
        }
    }

    /** Returns whether the connection goes on. */
    private boolean misbehave(Socket socket, Random random) throws IOException {
        byte[] response = FuzzedResponse.next(random);
        Pieces.send(response, socket.getOutputStream(), random);
        switch (random.nextInt(6)) {
            case 0 -> {
                return false;
            }
            case 1 -> {
                socket.setSoLinger(true, 0);
                return false;
            }
            case 2 -> {
                socket.shutdownOutput();
                return true;
            }
            default -> {
                return true;
            }
        }
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    /** Sends bytes in as many writes as chance will have it. */
    static final class Pieces {
        private Pieces() {}

        static void send(byte[] bytes, java.io.OutputStream out, Random random) throws IOException {
            int largest = 1 << random.nextInt(18);
            for (int from = 0; from < bytes.length; ) {
                int size = Math.min(bytes.length - from, 1 + random.nextInt(largest));
                if (bytes.length > 5_000) {
                    size = Math.min(bytes.length - from, Math.max(size, 1_000));
                }
                out.write(bytes, from, size);
                from += size;
            }
        }
    }
}
