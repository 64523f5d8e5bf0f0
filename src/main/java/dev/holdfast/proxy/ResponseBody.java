package dev.holdfast.proxy;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.CapacityChannel;

/**
 * Carries the response's body from the upstream to the client: as it comes, and no faster than the client takes it. What comes
 * while the client takes nothing waits here, and is bounded, since the upstream connection is then not read any further.
 *
 * <p>Thread-safe: the reactor thread brings, and it or a container thread writes. What leads out of here happens outside of its
 * monitor.
 */
abstract class ResponseBody implements WriteListener {
    final Exchange exchange;
    final ServletOutputStream out;
    final HandBack handBack;

    // Guarded by this
    final Deque<byte[]> waiting = new ArrayDeque<>(2);
    Attempt attempt;
    long left; // negative where the length is not known
    boolean flushDue;
    boolean ended;
    boolean upstreamDone;
    boolean stopped;
    private CapacityChannel capacity;
    private boolean stream;
    private volatile ClientWait wait; // null until it had to wait

    ResponseBody(Exchange exchange, ServletOutputStream out, HandBack handBack) {
        this.exchange = exchange;
        this.out = out;
        this.handBack = handBack;
    }

    /** From here on the container says when it can be written to; so nothing that is written ever blocks. */
    void listen() {
        out.setWriteListener(this);
    }

    /** An interim response, which goes out before the head. Over HTTP/1.1 it ends here: see {@link Exchange#responseIsComing}. */
    void precede(HttpResponse interim) {
        // There is no way to send it.
    }

    /** @param length of the body in bytes; negative when it is not known */
    synchronized void begin(Attempt from, long length, boolean isStream) {
        attempt = from;
        left = Math.max(-1, length); // of unknown length: the engine's own number for that would soon run over
        stream = isStream;
        if (isStream) {
            from.excuse(Attempt.Excuse.EVENT_STREAM, true);
        }
    }

    /** Whether the container is to be given a buffer for a whole piece. */
    boolean isLarge() {
        return false;
    }

    /** Reactor thread. The bytes are the engine's own and are used up when this returns. */
    void write(ByteBuffer source) {
        try {
            synchronized (this) {
                left -= source.remaining();
                if (stopped) {
                    source.position(source.limit());
                } else {
                    take(source);
                }
            }
        } catch (IOException | RuntimeException e) {
            exchange.clientUnwritable(e);
        }
    }

    /** All of it, within the monitor. */
    abstract void take(ByteBuffer source) throws IOException;

    /** What cannot be written now. */
    final void keep(ByteBuffer source, int length) {
        byte[] copy = new byte[length];
        source.get(copy);
        waiting.add(copy);
    }

    /** All that the upstream was allowed to send has come: allows more, at once or when the client has taken it. */
    void updateCapacity(CapacityChannel channel) {
        synchronized (this) {
            if (stopped) {
                return;
            }
            capacity = channel;
            attempt.session().pause();
            attempt.excuse(Attempt.Excuse.CLIENT_TAKES_NOTHING, true);
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

    /** Whether it may go on for ever, and in silence. */
    synchronized boolean isStream() {
        return stream;
    }

    /** Whether its end is where the connection or the last chunk says so. */
    synchronized boolean hasOpenEnd() {
        return attempt != null && left < 0;
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
            if (!ended) {
                return; // goes on when it has come to its end
            }
        }
        advance();
    }

    /** Nothing more is written. */
    synchronized void stop() {
        stopped = true;
        waiting.clear();
    }

    @Override
    public void onWritePossible() {
        synchronized (this) {
            if (wait != null) {
                wait.restart();
            }
        }
        goOn(handBack.open());
    }

    @Override
    public void onError(Throwable cause) {
        exchange.clientFailed(cause);
    }

    /** The container says that it can be written to. */
    abstract void goOn(boolean handBackWaits);

    /** Does what there is to do, or has it done. Any thread; does not wait. */
    abstract void advance();

    /** Does it. Over HTTP/2, where this is the turn. */
    void takeTurn() {
        // Over HTTP/1.1 it is done where it comes up.
    }

    synchronized boolean hasWork() {
        return !stopped && (!waiting.isEmpty() || flushDue || wantsCapacity() || ended && upstreamDone);
    }

    /** What is left to do now waits for the client. Within the monitor. */
    final void noteWait() {
        if (hasWork()) {
            if (wait == null) {
                wait = exchange.newWait();
            }
            wait.begin();
        } else if (wait != null) {
            wait.end();
        }
    }

    boolean isWaiting(ClientWait one) {
        return one == wait;
    }

    /** Whether it waits for an end that only the client can make. */
    boolean isLingering(ClientWait one) {
        return false;
    }

    void forgetWait() {
        ClientWait.forget(wait);
    }

    /** Within the monitor. */
    final boolean wantsCapacity() {
        return capacity != null;
    }

    /** Takes the word of {@link #updateCapacity}. Null when nobody asked for more. Within the monitor. */
    final CapacityChannel takeCapacity() {
        if (!wantsCapacity()) {
            return null;
        }
        CapacityChannel taken = capacity;
        capacity = null;
        attempt.session().resume();
        attempt.excuse(Attempt.Excuse.CLIENT_TAKES_NOTHING, false);
        return taken;
    }
}
