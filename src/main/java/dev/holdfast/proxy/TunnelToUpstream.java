package dev.holdfast.proxy;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;

/**
 * The direction of a tunnel from the client to the upstream, through one buffer. The client is read on container threads
 * only, because Tomcat itself reads there into a buffer of its own before it calls.
 *
 * <p>Tomcat waits for more input whenever a call ends, wanted or not: while the upstream takes nothing and the client sends,
 * the calls follow on each other. So each waits a little, which costs a thread, but not a processor. Input that was left is not
 * told again, so {@link TunnelClient#readAgain} asks for the call.
 */
final class TunnelToUpstream implements ReadListener {
    private static final int LONGEST_WAIT_MILLIS = 10;

    private final Tunnel tunnel;
    private final UpstreamSession session;
    private final Buffers buffers;
    private ServletInputStream in; // null until joined; container threads only

    // Guarded by this
    private final FrameBorders borders; // null where it is no WebSocket
    private ByteBuffer unsent; // null when all is sent
    private boolean starved;
    private byte[] lastFrame;
    private boolean discarding;
    private boolean ended;
    private boolean told;

    TunnelToUpstream(Tunnel tunnel, UpstreamSession session, Buffers buffers, FrameBorders borders) {
        this.tunnel = tunnel;
        this.session = session;
        this.buffers = buffers;
        this.borders = borders;
    }

    void join(ServletInputStream client) {
        in = client;
        client.setReadListener(this); // the container calls
    }

    @Override
    public void onDataAvailable() {
        try {
            while (awaitSent() && in.isReady()) {
                ByteBuffer buffer = buffers.take();
                int read = in.read(buffer.array(), 0, Buffers.SIZE - CloseFrame.LARGEST);
                if (read < 0) {
                    buffers.giveBack(buffer);
                    tunnel.clientEnded();
                    return;
                }
                send(buffer, read);
            }
        } catch (IOException | RuntimeException e) { // or the container has ended the connection meanwhile
            onError(e);
        }
    }

    @Override
    public void onAllDataRead() {
        tunnel.clientEnded();
    }

    /**
     * Tomcat's word for the end of the input is EOFException. It goes on to tell it, until the connection is closed, while
     * the upstream may still have something to say; hence the wait.
     */
    @Override
    public void onError(Throwable cause) {
        if (cause instanceof EOFException) {
            tunnel.clientEnded();
            pause();
        } else {
            tunnel.clientBroke(cause);
        }
    }

    /** Returns whether there is room for more. */
    private synchronized boolean awaitSent() {
        if (unsent != null && !ended) {
            pause();
        }
        starved = unsent != null;
        return !starved && !ended;
    }

    private synchronized void pause() {
        try {
            wait(LONGEST_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(ByteBuffer buffer, int length) {
        boolean answered;
        tunnel.touched();
        synchronized (this) {
            fill(buffer, length);
            answered = discarding && borders.sawClose();
            sendOn();
        }
        if (answered) { // the client has closed, too: RFC 6455, section 7.1.1
            tunnel.closeClient();
        }
    }

    private void fill(ByteBuffer buffer, int length) {
        unsent = buffer;
        if (borders == null) {
            buffer.limit(length);
            return;
        }
        int end = discarding ? 0 : borders.pass(buffer.array(), 0, length, lastFrame != null);
        buffer.limit(end);
        boolean last = lastFrame != null && !discarding && borders.atBorder();
        boolean closed = borders.sawClose();
        borders.pass(buffer.array(), end, length, false); // only to see a close frame
        if (last) {
            append(closed);
        }
    }

    private void append(boolean closed) {
        discarding = true;
        if (closed) {
            return;
        }
        if (unsent == null) {
            unsent = buffers.take().limit(0);
        }
        int end = unsent.limit();
        unsent.limit(end + lastFrame.length);
        System.arraycopy(lastFrame, 0, unsent.array(), end, lastFrame.length);
    }

    /** This is the last that the upstream gets, as soon as a frame of the client's has ended. */
    synchronized void endWith(byte[] frame) {
        if (lastFrame == null && !ended) {
            lastFrame = frame;
            if (borders.atBorder()) {
                append(borders.sawClose());
            }
            sendOn();
        }
    }

    /** No more will come; the upstream is told so when all is sent. */
    synchronized void end() {
        ended = true;
        sendOn();
    }

    /** Reactor thread. */
    void outputReady() {
        boolean goOn;
        synchronized (this) {
            sendOn();
            if (unsent == null) {
                session.clearEvent(SelectionKey.OP_WRITE);
            }
            goOn = starved && unsent == null;
            starved &= !goOn;
        }
        if (goOn) {
            tunnel.readClientAgain();
        }
    }

    private void sendOn() {
        if (unsent != null) {
            try {
                if (unsent.hasRemaining() && session.write(unsent) > 0) {
                    tunnel.touched();
                }
            } catch (IOException | RuntimeException e) {
                tunnel.upstreamBroke(e);
                unsent.position(unsent.limit());
            }
            if (tunnel.isEncrypted() || unsent.hasRemaining()) { // TLS sends only then
                session.setEvent(SelectionKey.OP_WRITE);
            }
            if (!unsent.hasRemaining()) {
                buffers.giveBack(unsent);
                unsent = null;
                notifyAll();
            }
        }
        if (ended && !told && unsent == null) {
            told = true;
            try {
                session.endOutput();
            } catch (IOException | RuntimeException e) {
                tunnel.upstreamBroke(e);
            }
        }
    }
}
