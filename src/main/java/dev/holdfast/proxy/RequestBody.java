package dev.holdfast.proxy;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.nio.DataStreamChannel;

/**
 * Carries the request's body from the client to the upstream: as it comes, no faster than the upstream takes it, through one
 * buffer. But for what {@linkplain EarlyBody came with the head}, nothing is read before the upstream connection asks for it.
 *
 * <p>Both sides call when they are ready, the client's on a container thread, the upstream's on a reactor thread. Whoever
 * comes while the other is at work only leaves word, so that nobody waits and nobody's call is lost.
 */
final class RequestBody implements ReadListener {
    private static final int LARGEST_BUFFER = 64 * 1024;

    /** A reactor thread serves others too. */
    private static final int MOST_TURNS = 4;

    private static final long LONGEST_TELLING_NANOS = 500_000_000;

    private static final EntityDetails SOME_BODY = new BasicEntityDetails(-1, null);

    private enum Input {
        SOME,
        NONE_YET,
        END,
        TOO_MUCH,
        FAILED
    }

    private final Exchange exchange;
    private final AsyncContext context;
    private final HttpServletRequest clientRequest;
    private final ClientTurn turn;
    private final HandBack handBack;
    private final ServletInputStream in;
    private final long length;
    private final EntityDetails entity;
    private final int bufferSize;
    private final EarlyBody early; // null: none
    private final AtomicInteger work = new AtomicInteger();
    private final AtomicBoolean called = new AtomicBoolean();
    private volatile boolean listening;
    private volatile boolean deaf;
    private volatile boolean stopped;
    private volatile boolean discarding; // over HTTP/2
    private volatile boolean callDue; // by the container

    private volatile Attempt attempt;
    private volatile DataStreamChannel channel;

    // Of whoever is at work.
    private ByteBuffer buffer;
    private long bodyBytes;
    private boolean dry; // the container said so when what is in the buffer had been read
    private boolean waitsForClient;
    private long resetNanos; // 0: it is not, as far as is known
    private volatile int unsent;
    private volatile boolean over;
    private volatile ClientWait wait; // null until it had to wait

    /**
     * On the container's thread.
     *
     * @param turn null over HTTP/1.1
     */
    RequestBody(
            Exchange exchange,
            AsyncContext context,
            ClientTurn turn,
            HandBack handBack,
            HttpServletRequest clientRequest,
            boolean hasBody)
            throws IOException {
        this.exchange = exchange;
        this.context = context;
        this.clientRequest = clientRequest;
        this.turn = turn;
        this.handBack = handBack;
        this.in = clientRequest.getInputStream();
        this.length = clientRequest.getContentLengthLong();
        this.entity = hasBody ? SOME_BODY : null;
        this.bufferSize = length > 0 ? (int) Math.min(length, LARGEST_BUFFER) : LARGEST_BUFFER / 2;
        this.early = hasBody && turn == null ? EarlyBody.of(clientRequest, in, length) : null;
        this.over = isHere();
        loadEarly();
    }

    /** Whether all of it is in our buffer, from the beginning. */
    private boolean isHere() {
        return early != null && early.isWhole();
    }

    private void loadEarly() {
        if (early != null) {
            buffer = early.buffer();
            bodyBytes = early.count();
            unsent = 0;
        }
    }

    /** Null when there is no body. */
    EntityDetails entity() {
        return entity;
    }

    /** Bytes that the upstream connection was offered and did not take: as long as there are any, the engine asks without a pause. */
    int available() {
        return unsent;
    }

    /**
     * The upstream connection can take more. The container is asked for it when the head has left, which may show that the
     * connection is dead. In the turn of the connection.
     *
     * @throws IOException if the connection takes nothing any more
     */
    void produce(Attempt asking, DataStreamChannel to) throws IOException {
        boolean here = isHere();
        if (!here && asking.sentNothing()) {
            return; // comes again, since the head waits
        }
        attempt = asking;
        channel = to;
        if (here) {
            sendWhole();
        } else if (called.compareAndSet(false, true) && turn == null) {
            listenElsewhere();
        } else {
            advance();
        }
    }

    private void sendWhole() throws IOException {
        if (!stopped && write()) {
            stop();
            channel.endStream();
            attempt.requestEnded();
        }
    }

    /**
     * Not before the upstream connection has taken something: until then the request may have to be held again, and Tomcat does
     * not forget at a dispatch that it waits for the body, so that the next listener would never be called. And not in the
     * reactor's thread, in which Tomcat would run what follows.
     */
    private void listenElsewhere() {
        handBack.listenBegins();
        try {
            context.start(() -> {
                if (!handBack.isDue()) {
                    listen();
                }
                handBack.listenHasBegun();
                work();
            });
        } catch (RuntimeException e) {
            handBack.listenHasBegun();
            cannotListen(e);
        }
    }

    private void listen() {
        try {
            in.setReadListener(this);
            listening = true;
        } catch (RuntimeException e) {
            cannotListen(e);
        }
    }

    /** The request is over; or somebody before us has read the body, and there is nothing to send on. */
    private void cannotListen(RuntimeException cause) {
        deaf = true;
        stop();
        attempt.failed(new BodyChangedException("it cannot be listened to: " + cause));
    }

    private void advance() {
        if (turn == null) {
            work();
        } else {
            turn.ask();
        }
    }

    /** What there is to do over HTTP/2, where a read may block: it grants a window, which is written. */
    void takeTurn() {
        if ((called.get() || discarding) && !listening && !deaf) {
            listen();
        }
        if (discarding && listening) {
            discardOn();
        } else {
            work();
        }
    }

    /**
     * Over HTTP/2, in the turn: takes what the client still sends, for nobody, until the end, which is then told.
     */
    void discard() {
        stop();
        discarding = true;
        takeTurn();
    }

    /**
     * Not to be asked for the end while the container owes a call: T1 (here, in a turn for something else) hears of the end and completes,
     * T2 (the container) has just seen that somebody listens and is about to tell of it, and Tomcat takes that for so wrong that it
     * closes the connection.
     */
    private void discardOn() {
        if (callDue) {
            return;
        }
        byte[] piece = new byte[LARGEST_BUFFER / 8];
        try {
            while (!BodyEnd.isReached(in)) {
                if (!isReady()) {
                    return;
                }
                in.read(piece);
            }
            exchange.uploadDiscarded();
        } catch (IOException | RuntimeException e) {
            exchange.clientLeft(e);
        }
    }

    /** If not, the container owes a call, which may come before this returns. */
    private boolean isReady() {
        callDue = true;
        if (!in.isReady()) {
            return false;
        }
        callDue = false;
        return true;
    }

    /** Whether the container has been asked for the body, after which the request cannot be held again. */
    boolean isAskedFor() {
        return called.get();
    }

    /** For the next exchange of a request that was not asked for its body, and before the container ends it. */
    void keep() {
        if (early != null) {
            early.keepFor(clientRequest);
        }
    }

    @Override
    public void onDataAvailable() {
        callDue = false;
        advance();
    }

    @Override
    public void onAllDataRead() {
        callDue = false;
        advance();
    }

    @Override
    public void onError(Throwable cause) {
        exchange.clientFailed(cause);
    }

    /** Nothing more is read, or written. */
    void stop() {
        stopped = true;
    }

    /** The same, and nobody is just reading when this returns. */
    synchronized void letGo() {
        stopped = true;
    }

    /**
     * Makes ready for another attempt.
     *
     * @return false when some of the body has been read that is not kept, or is just being read
     */
    boolean rewind() {
        if (channel == null) { // without one nothing is ever read, or sent
            return true;
        }
        if (deaf || !work.compareAndSet(0, 1)) {
            return false;
        }
        boolean unread = bodyBytes == (early == null ? 0 : early.count());
        if (unread) {
            channel = null;
            loadEarly();
            if (waitsForClient) {
                waitsForClient = false;
                wait.end();
            }
            stopped = false;
        }
        work.set(0); // whoever left word meanwhile found no channel: there was nothing to do
        return unread;
    }

    private void work() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            if (listening && channel != null && !stopped) {
                transfer();
            }
            seen = work.addAndGet(-seen);
        } while (seen != 0);
    }

    private void transfer() {
        for (int turn = 0; turn < MOST_TURNS; turn++) {
            if (!writeOut()) {
                return;
            }
            Input input = isStillDry() ? Input.NONE_YET : readIn();
            if (input != Input.SOME) {
                stopReadingAt(input);
                return;
            }
            waitForClient(false);
        }
        channel.requestOutput();
    }

    /** Then the container will call, and to ask it once more would be a vain look at the socket. */
    private boolean isStillDry() {
        boolean still = dry && callDue;
        dry = false;
        return still;
    }

    private void stopReadingAt(Input input) {
        switch (input) {
            case END -> end();
            case NONE_YET -> waitForClient(true);
            case TOO_MUCH -> changed();
            default -> {
                // It has been told already, or nobody wants to know.
            }
        }
    }

    private boolean writeOut() {
        try {
            return write();
        } catch (IOException | RuntimeException brokenOrAnsweredEarly) {
            stop(); // the reactor thread sees it too, and tells what it is
            return false;
        }
    }

    /** Returns whether the buffer is empty now. */
    private boolean write() throws IOException {
        if (buffer == null || !buffer.hasRemaining()) {
            return true;
        }
        channel.write(buffer);
        unsent = buffer.remaining();
        if (unsent > 0) {
            channel.requestOutput();
        }
        return unsent == 0;
    }

    private Input readIn() {
        try {
            return read();
        } catch (IOException | RuntimeException e) {
            exchange.clientUnreadable(e); // the container may not tell: to Tomcat, a read that fails here is no event
            return Input.FAILED;
        }
    }

    /** T1 (a reactor thread) reads here, T2 (the container) ends the request: T2 waits in {@link #letGo}. */
    private synchronized Input read() throws IOException {
        if (stopped) {
            return Input.FAILED;
        }
        if (BodyEnd.isReached(in)) {
            return exchange.isReset() ? Input.FAILED : Input.END; // and then the container tells that the client left
        }
        if (!isReady()) {
            if (isResetUntold()) {
                throw new IOException("the container has reset the stream");
            }
            return Input.NONE_YET;
        }
        if (buffer == null) {
            buffer = ByteBuffer.allocate(bufferSize);
        }
        int read = fill(buffer.array());
        bodyBytes += read;
        buffer.position(0).limit(read);
        unsent = read;
        return length < 0 || bodyBytes <= length ? Input.SOME : Input.TOO_MUCH;
    }

    /** With all that has come, as far as there is room: the container gives some 8 KB at a time, and each write to the upstream costs. */
    private int fill(byte[] bytes) throws IOException {
        int count = 0;
        int read;
        do {
            read = Math.max(in.read(bytes, count, bytes.length - count), 0);
            count += read;
            if (read == 0 || count == bytes.length || BodyEnd.isReached(in)) {
                return count;
            }
        } while (isReady());
        dry = true;
        return count;
    }

    /**
     * That the client has reset the stream, the container tells in a moment. It does not tell that it did so itself, because a body was
     * shorter or longer than the client had said.
     */
    private boolean isResetUntold() {
        if (!exchange.isReset()) {
            return false;
        }
        long now = System.nanoTime();
        resetNanos = resetNanos == 0 ? now : resetNanos;
        return now - resetNanos > LONGEST_TELLING_NANOS; // the watch asks each second
    }

    private void end() {
        if (bodyBytes < length) {
            changed();
            return;
        }
        waitForClient(false);
        stop();
        over = true;
        try {
            channel.endStream(length < 0 ? RequestTrailers.of(clientRequest, exchange.heldHeader()) : null);
        } catch (IOException | RuntimeException brokenOrAnsweredEarly) {
            return; // as above
        }
        attempt.requestEnded();
    }

    /**
     * A body that is short must not look like an end: the upstream would take the next request on the connection for the rest of
     * it.
     */
    private void changed() {
        stop();
        attempt.failed(new BodyChangedException("Content-Length is " + length + ", but that of the body is not"));
    }

    private void waitForClient(boolean waits) {
        if (waitsForClient == waits) {
            return;
        }
        waitsForClient = waits;
        attempt.excuse(Attempt.Excuse.CLIENT_SENDS_NOTHING, waits);
        if (waits && stopped) { // T1 (here) sees that there is nothing yet, T2 (the reactor) stops, and comes too early
            // to say so
            attempt.excuse(Attempt.Excuse.CLIENT_SENDS_NOTHING, false);
        }
        if (!waits) {
            wait.end();
            return;
        }
        if (wait == null) {
            wait = exchange.newWait();
        }
        wait.begin();
    }

    /** Whether this is the wait for the rest of the body, and somebody wants it. */
    boolean isWaiting(ClientWait one) {
        return one == wait && !stopped;
    }

    void forgetWait() {
        ClientWait forgotten = wait;
        if (forgotten != null) {
            forgotten.forget();
        }
    }

    /** Whether all of it has been read. */
    boolean isOver() {
        return over;
    }
}
