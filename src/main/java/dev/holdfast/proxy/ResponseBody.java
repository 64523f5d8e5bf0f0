package dev.holdfast.proxy;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.hc.core5.http.nio.CapacityChannel;

/**
 * Carries the response's body from the upstream to the client: as it comes, no faster than the client takes it, and never
 * blocking. Writes go straight through while the container can take them; what comes while it cannot waits here, and is
 * bounded, since the upstream connection is then not read any further.
 *
 * <p>Tomcat takes the last byte of an announced length for the end of the request too, and closes its body. So while an
 * upload goes on that the upstream has answered already, that byte waits for its end.
 *
 * <p>Its monitor makes reactor thread and container thread take turns. What leads out of here happens outside of it.
 */
final class ResponseBody implements WriteListener {
    private final Exchange exchange;
    private final ServletOutputStream out;

    // Guarded by this
    private final Deque<byte[]> waiting = new ArrayDeque<>(2);
    private Attempt attempt;
    private CapacityChannel capacity;
    private boolean stream;
    private boolean flushDue;
    private boolean ended;
    private boolean stopped;
    private boolean upstreamDone;
    private boolean open;
    private Runnable whenOpen;
    private long left;
    private byte[] heldBack;

    ResponseBody(Exchange exchange, ServletOutputStream out) {
        this.exchange = exchange;
        this.out = out;
    }

    /** From here on the container says when it can be written to; so nothing that is written ever blocks. */
    void listen() {
        out.setWriteListener(this);
    }

    /** @param length of the body in bytes; negative when it is not known */
    synchronized void begin(Attempt from, long length, boolean isStream) {
        attempt = from;
        left = length;
        stream = isStream;
        if (isStream) {
            from.waitForUpstream(false); // it may be silent for as long as it likes
        }
    }

    /** Reactor thread. The bytes are the engine's own and are used up when this returns. */
    void write(ByteBuffer source) {
        try {
            synchronized (this) {
                int length = source.remaining();
                left -= length;
                if (left == 0 && !attempt.isRequestOver()) {
                    length--;
                }
                if (stopped) {
                    source.position(source.limit());
                } else if (waiting.isEmpty() && out.isReady()) {
                    out.write(source.array(), source.arrayOffset() + source.position(), length);
                    source.position(source.position() + length);
                } else {
                    byte[] copy = new byte[length];
                    source.get(copy);
                    waiting.add(copy);
                }
                if (source.hasRemaining()) {
                    heldBack = new byte[] {source.get()};
                }
            }
        } catch (IOException e) {
            exchange.clientLeft(e); // the container tells that it is over
        } catch (RuntimeException e) {
            exchange.clientLeft(e);
            exchange.completeAfterError();
        }
    }

    /** All that the upstream was allowed to send has come: allows more, at once or when the client has taken it. */
    void updateCapacity(CapacityChannel channel) {
        synchronized (this) {
            if (stopped) {
                return;
            }
            capacity = channel;
            attempt.session().pause();
            attempt.waitForUpstream(false);
        }
        advance();
    }

    /** What had come is dealt with; the next may be long in coming, so what there is goes out. */
    void endOfBurst() {
        synchronized (this) {
            if (attempt == null || ended) {
                return;
            }
            flushDue = true;
        }
        advance();
    }

    /** The connection is about to serve others: it is read again, however much of this still waits for the client. */
    synchronized void allCame() {
        capacity = null;
        if (attempt != null) {
            attempt.session().resume();
        }
    }

    void end() {
        synchronized (this) {
            ended = true;
            flushDue = true; // before the container is told to complete, which might block while it has something left
        }
        advance();
    }

    /** The upload, too, has come to its end. */
    void resumeCompletion() {
        synchronized (this) {
            upstreamDone = true;
        }
        advance();
    }

    /** Nothing more is written. */
    synchronized void stop() {
        stopped = true;
        waiting.clear();
    }

    /**
     * Runs what gives the request back to the container, when the container has called here for the first time. Tomcat forgets
     * the listener at a dispatch, but not that it owes it a call: T1 (the reactor) dispatches before T2 (the container) made that
     * call, and the listener of whoever has the request next would never be called.
     */
    void whenOpen(Runnable task) {
        synchronized (this) {
            if (!open) {
                whenOpen = task;
                return;
            }
        }
        task.run();
    }

    private void open() {
        Runnable task;
        synchronized (this) {
            open = true;
            task = whenOpen;
            whenOpen = null;
        }
        if (task != null) {
            task.run();
        }
    }

    @Override
    public void onWritePossible() {
        open();
        advance();
    }

    @Override
    public void onError(Throwable cause) {
        exchange.clientLeft(cause);
        exchange.completeAfterError();
        open();
    }

    private void advance() {
        try {
            CapacityChannel granted;
            boolean complete;
            synchronized (this) {
                granted = writeOn() ? takeCapacity() : null;
                complete = ended
                        && upstreamDone
                        && !stopped
                        && waiting.isEmpty()
                        && heldBack == null
                        && !flushDue
                        && out.isReady();
                if (complete) {
                    stopped = true;
                }
            }
            if (granted != null) {
                granted.update(UpstreamPool.WINDOW);
            }
            if (complete) {
                exchange.responseDelivered();
            }
        } catch (IOException e) {
            exchange.clientLeft(e); // the container tells that it is over
        } catch (RuntimeException e) {
            exchange.clientLeft(e);
            exchange.completeAfterError();
        }
    }

    /** Returns whether all that waited is written. */
    private boolean writeOn() throws IOException {
        if (heldBack != null && upstreamDone) {
            waiting.add(heldBack);
            heldBack = null;
            flushDue = true;
        }
        while (!waiting.isEmpty() && out.isReady()) {
            out.write(waiting.poll());
        }
        if (stopped || !waiting.isEmpty()) {
            return false;
        }
        if (flushDue && out.isReady()) {
            flushDue = false;
            out.flush();
        }
        return true;
    }

    private CapacityChannel takeCapacity() {
        if (capacity == null || !out.isReady()) {
            return null;
        }
        CapacityChannel taken = capacity;
        capacity = null;
        attempt.session().resume();
        if (!stream) {
            attempt.waitForUpstream(true);
        }
        return taken;
    }
}
