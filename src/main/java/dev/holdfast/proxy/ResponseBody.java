package dev.holdfast.proxy;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.CapacityChannel;

/**
 * Carries the response's body from the upstream to the client: as it comes, no faster than the client takes it, and never
 * blocking. Writes go straight through while the container can take them; what comes while it cannot waits here, and is
 * bounded, since the upstream connection is then not read any further.
 *
 * <p>Tomcat 11 takes the last byte of an announced length for the end of the response, and of the request too, whose body it
 * closes. So over HTTP/1.1, while an upload goes on that the upstream has answered already, that byte waits for its end. Over
 * HTTP/2, where Tomcat would also block until the client has granted a window, the head goes first, and the container is
 * made to forget the length.
 *
 * <p>Over HTTP/1.1 its monitor makes reactor thread and container thread alternate; what leads out of here happens outside of it.
 * Over HTTP/2 a write may block: there the reactor thread only leaves here what comes, and a container thread writes, in its
 * {@linkplain ClientTurn turn} and outside of the monitor.
 */
final class ResponseBody implements WriteListener {
    /** What containers keep of a response before they write it, if nobody says how much. Bytes. */
    private static final int USUAL_BUFFER = 8 * 1024;

    /** Of those that wait for the client, who may take nothing; what comes beyond them is left out. */
    private static final int MOST_INTERIM = 8;

    private final Exchange exchange;
    private final ServletOutputStream out;
    private final ClientTurn turn;
    private final HandBack handBack;
    private boolean listening; // final from the start of the exchange

    // Guarded by this
    private final Deque<byte[]> waiting = new ArrayDeque<>(2);
    private Queue<HttpResponse> interim; // null until one came; over HTTP/2
    private Attempt attempt;
    private CapacityChannel capacity;
    private boolean stream;
    private boolean flushDue;
    private boolean large;
    private boolean bufferFilled; // of a large one
    private boolean ended;
    private boolean stopped;
    private boolean upstreamDone;
    private boolean headDue; // over HTTP/2
    private boolean begun; // over HTTP/2: something has been written
    private long left; // negative where the length is not known
    private byte[] heldBack;
    private volatile ClientWait wait; // null until it had to wait
    private volatile ClientWait lingering; // null until it lingers

    /** @param turn null over HTTP/1.1 */
    ResponseBody(Exchange exchange, ServletOutputStream out, ClientTurn turn, HandBack handBack) {
        this.exchange = exchange;
        this.out = out;
        this.turn = turn;
        this.handBack = handBack;
    }

    /** From here on the container says when it can be written to; so nothing that is written ever blocks. */
    void listen() {
        listening = true;
        out.setWriteListener(this);
    }

    /**
     * Instead of {@link #listen}, for a response that cannot have a body and is to be written in a turn: to a listener of a HEAD
     * request over HTTP/2, Tomcat sends the end of the stream before any head.
     */
    void doNotListen() {
        handBack.open();
    }

    /** Over HTTP/2: an interim response, which goes out before the head. */
    void precede(HttpResponse one) {
        synchronized (this) {
            if (interim == null) {
                interim = new ArrayDeque<>(1);
            }
            if (stopped || interim.size() == MOST_INTERIM) {
                return;
            }
            interim.add(one);
        }
        advance();
    }

    /** @param length of the body in bytes; negative when it is not known */
    synchronized void begin(Attempt from, long length, boolean isStream) {
        attempt = from;
        left = Math.max(-1, length); // of unknown length: the engine's own number for that would soon run over
        headDue = turn != null && length > 0;
        stream = isStream;
        large = turn == null && !isStream && (left < 0 || left > USUAL_BUFFER);
        if (isStream) {
            from.excuse(Attempt.Excuse.EVENT_STREAM, true);
        }
    }

    /**
     * Whether the container is to be given a buffer for a whole piece. Over HTTP/1.1 Tomcat, when a write goes beyond its buffer, leaves
     * some of it behind, takes no more until that is written, and does that elsewhere: its poller finds that the socket can be
     * written to, as it could all the time, and wakes a thread. A piece that stays in the buffer, and is flushed, goes out at once.
     */
    synchronized boolean isLarge() {
        return large;
    }

    /** Reactor thread. The bytes are the engine's own and are used up when this returns. */
    void write(ByteBuffer source) {
        try {
            synchronized (this) {
                int length = source.remaining();
                left -= length;
                if (turn == null && left == 0 && length > 0 && !attempt.isRequestOver()) {
                    length--;
                }
                if (stopped) {
                    source.position(source.limit());
                } else if (length == 0) {
                    // Only that byte.
                } else if (turn == null && waiting.isEmpty() && takesMore()) {
                    out.write(source.array(), source.arrayOffset() + source.position(), length);
                    bufferFilled = large;
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
            exchange.clientUnwritable(e);
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
        boolean isAwaited = handBack.open();
        if (turn == null) {
            handBack.proceed();
            advance();
        } else if (isAwaited || hasWork()) {
            advance();
        }
    }

    @Override
    public void onError(Throwable cause) {
        exchange.clientFailed(cause);
    }

    private void advance() {
        if (turn != null) {
            turn.ask();
            return;
        }
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
                noteWait();
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
            exchange.clientUnwritable(e);
        }
    }

    /** What there is to do over HTTP/2; the same as {@link #advance}, but for where. */
    void takeTurn() {
        try {
            while (step()) {
                // One thing at a time, each in the order of its coming.
            }
        } catch (IOException e) {
            exchange.clientLeft(e); // the container tells that it is over
        } catch (RuntimeException e) {
            exchange.clientUnwritable(e);
        }
        handBack.proceed();
    }

    private boolean step() throws IOException {
        if (!hasWork() || !isReady()) {
            synchronized (this) {
                noteWait();
            }
            return false;
        }
        exchange.responseLeaves();
        HttpResponse before;
        byte[] piece = null;
        CapacityChannel granted = null;
        boolean head;
        boolean flush = false;
        boolean headIsAll;
        synchronized (this) {
            if (stopped) {
                return false;
            }
            before = interim == null ? null : interim.poll();
            head = before == null && headDue;
            headDue &= !head;
            if (before == null && !head) {
                piece = waiting.poll();
                flush = piece == null && flushDue;
                flushDue = piece != null && flushDue;
                granted = piece == null && !flush ? grantedCapacity() : null;
                stopped = piece == null && !flush && granted == null; // all is done
            }
            headIsAll = flush && ended && !begun;
            begun |= head || flush || piece != null;
        }
        if (headIsAll) {
            exchange.headIsAll();
        }
        if (before != null) {
            exchange.sendInterim(before);
        } else if (head) {
            out.flush();
            exchange.headSent();
        } else if (piece != null) {
            out.write(piece);
        } else if (flush) {
            out.flush();
        } else if (granted != null) {
            granted.update(UpstreamPool.WINDOW);
        } else if (exchange.isUploadUnread()) {
            linger();
        } else {
            exchange.responseDelivered();
        }
        return true;
    }

    /**
     * Gives the client time to see the answer before the reset that Tomcat sends when an upload is not read to its end: RFC
     * 9113, section 8.1, forbids to discard the answer then, but curl 7.88 does. Most clients stop by themselves.
     */
    private void linger() {
        lingering = exchange.newLingering();
        lingering.begin();
        exchange.discardUpload();
    }

    boolean isLingering(ClientWait one) {
        return one == lingering;
    }

    /** Tomcat 10.1 is never ready for who does not listen. */
    private boolean isReady() {
        return !listening || out.isReady();
    }

    private synchronized boolean hasWork() {
        boolean interimWaits = interim != null && !interim.isEmpty();
        return !stopped
                && (interimWaits || !waiting.isEmpty() || flushDue || capacity != null || ended && upstreamDone);
    }

    /** What is left to do now waits for the client. */
    private void noteWait() {
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

    void forgetWait() {
        forget(wait);
        forget(lingering);
    }

    private static void forget(ClientWait forgotten) {
        if (forgotten != null) {
            forgotten.forget();
        }
    }

    /** Returns whether all that waited is written. */
    private boolean writeOn() throws IOException {
        if (heldBack != null && upstreamDone) {
            waiting.add(heldBack);
            heldBack = null;
            flushDue = true;
        }
        while (!waiting.isEmpty() && takesMore()) {
            out.write(waiting.poll());
            bufferFilled = large;
        }
        if (stopped || !waiting.isEmpty()) {
            return false;
        }
        if (flushDue && out.isReady()) {
            flushDue = false;
            bufferFilled = false;
            out.flush();
        }
        return true;
    }

    /** Over HTTP/1.1. */
    private boolean takesMore() throws IOException {
        if (bufferFilled && out.isReady()) {
            bufferFilled = false;
            out.flush();
        }
        return out.isReady();
    }

    private CapacityChannel takeCapacity() {
        return capacity == null || !out.isReady() ? null : grantedCapacity();
    }

    /** Null when nobody asked for more. */
    private CapacityChannel grantedCapacity() {
        if (capacity == null) {
            return null;
        }
        CapacityChannel taken = capacity;
        capacity = null;
        attempt.session().resume();
        attempt.excuse(Attempt.Excuse.CLIENT_TAKES_NOTHING, false);
        return taken;
    }
}
