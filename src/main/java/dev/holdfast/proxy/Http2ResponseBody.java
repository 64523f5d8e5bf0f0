package dev.holdfast.proxy;

import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.CapacityChannel;

/**
 * The body over HTTP/2, where a write may block: the reactor thread only leaves here what comes, and a container thread writes,
 * in its {@linkplain ClientTurn turn} and outside of the monitor.
 *
 * <p>The head goes first, and the container is made to forget the length: Tomcat 11 takes the last byte of an announced length for the
 * end of the response, and would block for it until the client has granted a window.
 */
final class Http2ResponseBody extends ResponseBody {
    /** Of those that wait for the client, who may take nothing; what comes beyond them is left out. */
    private static final int MOST_INTERIM = 8;

    private final ClientTurn turn;
    private final boolean toHead;
    private boolean listening; // final from the start of the exchange

    // Guarded by this
    private Queue<HttpResponse> interim; // null until one came
    private boolean headDue;
    private boolean begun; // something has been written
    private volatile ClientWait lingering; // null until it lingers

    /** @param toHead whether it answers a HEAD request */
    Http2ResponseBody(Exchange exchange, ServletOutputStream out, ClientTurn turn, HandBack handBack, boolean toHead) {
        super(exchange, out, handBack);
        this.turn = turn;
        this.toHead = toHead;
    }

    /** Not of a HEAD request, which has no body: to a listener of that Tomcat sends the end of the stream before any head. */
    @Override
    void listen() {
        if (toHead) {
            handBack.open();
        } else {
            listening = true;
            super.listen();
        }
    }

    @Override
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

    @Override
    synchronized void begin(Attempt from, long length, boolean isStream) {
        super.begin(from, length, isStream);
        headDue = left > 0;
    }

    @Override
    void take(ByteBuffer source) {
        if (source.hasRemaining()) {
            keep(source, source.remaining());
        }
    }

    @Override
    void goOn(boolean handBackWaits) {
        if (handBackWaits || hasWork()) {
            advance();
        }
    }

    @Override
    void advance() {
        turn.ask();
    }

    @Override
    void takeTurn() {
        try {
            while (step()) {
                // One thing at a time, each in the order of its coming.
            }
        } catch (IOException | RuntimeException e) {
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
                granted = piece == null && !flush ? takeCapacity() : null;
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

    @Override
    boolean isLingering(ClientWait one) {
        return one == lingering;
    }

    /** Tomcat 10.1 is never ready for who does not listen. */
    private boolean isReady() {
        return !listening || out.isReady();
    }

    @Override
    synchronized boolean hasWork() {
        return super.hasWork() || !stopped && interim != null && !interim.isEmpty();
    }

    @Override
    void forgetWait() {
        super.forgetWait();
        ClientWait.forget(lingering);
    }
}
