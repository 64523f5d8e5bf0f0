package dev.holdfast.proxy;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.apache.hc.core5.reactor.IOSession;

/**
 * The direction of a tunnel from the upstream to the client. The upstream is read only while the client takes more, and only
 * on its reactor thread; what is read is written at once. What waits here was pushed by TLS, or came before the client was
 * told of the switch: some records at most.
 *
 * <p>Its monitor makes reactor thread and container thread take turns.
 */
final class TunnelToClient implements WriteListener {
    /** A reactor thread serves others too. */
    private static final int MOST_TURNS = 16;

    private final Tunnel tunnel;
    private final IOSession session;
    private final Buffers buffers;

    // Guarded by this
    private final FrameBorders borders; // null where it is no WebSocket
    private final Deque<byte[]> waiting = new ArrayDeque<>(2);
    private ServletOutputStream out; // null until joined
    private byte[] lastFrame;
    private boolean discarding;
    private boolean paused;
    private boolean flushDue;
    private boolean ended;
    private boolean stopped;

    TunnelToClient(Tunnel tunnel, IOSession session, Buffers buffers, FrameBorders borders) {
        this.tunnel = tunnel;
        this.session = session;
        this.buffers = buffers;
        this.borders = borders;
    }

    void join(ServletOutputStream client) {
        synchronized (this) {
            out = client;
        }
        client.setWriteListener(this); // the container calls
    }

    /** Reactor thread. @param pushed what TLS has decrypted already, or null */
    void inputReady(ByteBuffer pushed) throws IOException {
        if (pushed != null) {
            byte[] copy = new byte[pushed.remaining()];
            pushed.get(copy);
            write(copy, copy.length);
        }
        boolean end = mayRead() && readOn();
        advance();
        if (end) {
            tunnel.upstreamEnded();
        }
    }

    /** Returns whether the upstream has closed its side. */
    private boolean readOn() throws IOException {
        ByteBuffer buffer = buffers.take();
        try {
            for (int turn = 0; turn < MOST_TURNS; turn++) {
                int read = session.read(buffer.clear());
                if (read <= 0) {
                    return read < 0;
                }
                write(buffer.array(), read);
                if (!mayRead()) {
                    return false;
                }
            }
            return false;
        } finally {
            buffers.giveBack(buffer);
        }
    }

    /** If not, the upstream is not asked any more until the client has taken what there is. */
    private synchronized boolean mayRead() {
        boolean may = discarding || stopped || out != null && waiting.isEmpty() && out.isReady();
        if (!may) {
            paused = true;
            session.clearEvent(SelectionKey.OP_READ);
        }
        return may;
    }

    /** Bytes of the upstream, from the beginning of the array. */
    void write(byte[] bytes, int length) {
        tunnel.touched();
        try {
            synchronized (this) {
                if (discarding || stopped) {
                    return;
                }
                int end = borders == null ? length : borders.pass(bytes, 0, length, lastFrame != null);
                put(bytes, end);
                endAtBorder();
            }
        } catch (IOException | RuntimeException e) {
            tunnel.clientBroke(e);
        }
    }

    private void put(byte[] bytes, int length) throws IOException {
        if (length == 0) {
            return;
        }
        flushDue = true;
        if (out != null && waiting.isEmpty() && out.isReady()) {
            out.write(bytes, 0, length);
        } else {
            waiting.add(Arrays.copyOf(bytes, length));
        }
    }

    private void endAtBorder() throws IOException {
        if (lastFrame != null && borders.atBorder()) {
            if (!borders.sawClose()) {
                put(lastFrame, lastFrame.length);
            }
            discarding = true;
        }
    }

    /** This is the last that the client gets, as soon as a frame of the upstream's has ended. */
    void endWith(byte[] frame) {
        try {
            synchronized (this) {
                if (lastFrame != null || ended) {
                    return;
                }
                lastFrame = frame;
                endAtBorder();
                if (discarding && paused) { // the upstream's end is all that still counts
                    paused = false;
                    session.setEvent(SelectionKey.OP_READ);
                }
            }
        } catch (IOException | RuntimeException e) {
            tunnel.clientBroke(e);
        }
        advance();
    }

    /** No more will come; the client's connection ends when it has taken what there is. */
    void end() {
        synchronized (this) {
            ended = true;
        }
        advance();
    }

    synchronized boolean isEnded() {
        return ended;
    }

    synchronized void stop() {
        stopped = true;
        waiting.clear();
    }

    @Override
    public void onWritePossible() {
        advance();
    }

    @Override
    public void onError(Throwable cause) {
        tunnel.clientBroke(cause);
    }

    private void advance() {
        boolean close;
        try {
            synchronized (this) {
                close = writeOn() && ended;
                if (close) {
                    stop();
                }
            }
        } catch (IOException | RuntimeException e) {
            tunnel.clientBroke(e);
            return;
        }
        if (close) {
            tunnel.closeClient();
        }
    }

    /** Returns whether the client has taken all. */
    private boolean writeOn() throws IOException {
        if (out == null || stopped) {
            return false;
        }
        while (!waiting.isEmpty() && out.isReady()) {
            out.write(waiting.poll());
        }
        if (flushDue && waiting.isEmpty() && out.isReady()) {
            flushDue = false;
            out.flush();
        }
        boolean clear = waiting.isEmpty() && out.isReady();
        if (clear && paused) {
            paused = false;
            session.setEvent(SelectionKey.OP_READ);
        }
        return clear;
    }
}
