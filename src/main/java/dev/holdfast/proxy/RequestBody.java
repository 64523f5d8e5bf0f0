package dev.holdfast.proxy;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
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
 * {@linkplain ClientUpload buffer}. But for what {@linkplain EarlyBody came with the head}, nothing is read before the upstream connection asks for it.
 *
 * <p>Both sides call when they are ready, the client's on a container thread, the upstream's on a reactor thread. Whoever
 * comes while the other is at work only leaves word, so that nobody waits and nobody's call is lost.
 */
final class RequestBody implements ReadListener {
    /** A reactor thread serves others too. */
    private static final int MOST_ROUNDS = 4;

    private static final EntityDetails SOME_BODY = new BasicEntityDetails(-1, null);

    private final Exchange exchange;
    private final AsyncContext context;
    private final HttpServletRequest clientRequest;
    private final ClientTurn turn;
    private final HandBack handBack;
    private final EntityDetails entity;
    private final ClientUpload upload;
    private final AtomicInteger work = new AtomicInteger();
    private final AtomicBoolean called = new AtomicBoolean();
    private volatile boolean listening;
    private volatile boolean deaf;
    private volatile boolean stopped;
    private volatile boolean discarding; // over HTTP/2

    private volatile Attempt attempt;
    private volatile DataStreamChannel channel;

    // Of whoever is at work.
    private boolean waitsForClient;
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
        this.entity = hasBody ? SOME_BODY : null;
        this.upload = new ClientUpload(exchange, clientRequest, hasBody && turn == null);
        this.over = upload.isHere();
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
        boolean here = upload.isHere();
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
            upload.listen(this);
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

    private void discardOn() {
        try {
            if (upload.discard()) {
                exchange.uploadDiscarded();
            }
        } catch (IOException | RuntimeException e) {
            exchange.clientLeft(e);
        }
    }

    /** Whether the container has been asked for the body, after which the request cannot be held again. */
    boolean isAskedFor() {
        return called.get();
    }

    /** For the next exchange of a request that was not asked for its body, and before the container ends it. */
    void keep() {
        upload.keepFor(clientRequest);
    }

    @Override
    public void onDataAvailable() {
        upload.called();
        advance();
    }

    @Override
    public void onAllDataRead() {
        upload.called();
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
    void letGo() {
        stopped = true;
        upload.letGo();
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
        boolean unread = upload.rewind();
        if (unread) {
            channel = null;
            unsent = 0;
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
        for (int round = 0; round < MOST_ROUNDS; round++) {
            if (!writeOut()) {
                return;
            }
            ClientUpload.Input input = readIn();
            if (input != ClientUpload.Input.SOME) {
                stopReadingAt(input);
                return;
            }
            waitForClient(false);
        }
        channel.requestOutput();
    }

    private void stopReadingAt(ClientUpload.Input input) {
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
        ByteBuffer buffer = upload.buffer();
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

    private ClientUpload.Input readIn() {
        try {
            ClientUpload.Input input = stopped ? ClientUpload.Input.OVER : upload.read();
            if (input == ClientUpload.Input.SOME) {
                unsent = upload.buffer().remaining();
            }
            return input;
        } catch (IOException | RuntimeException e) {
            exchange.clientUnreadable(e); // the container may not tell: to Tomcat, a read that fails here is no event
            return ClientUpload.Input.OVER;
        }
    }

    private void end() {
        if (upload.isShort()) {
            changed();
            return;
        }
        waitForClient(false);
        stop();
        over = true;
        try {
            channel.endStream(upload.length() < 0 ? RequestTrailers.of(clientRequest, exchange.heldHeader()) : null);
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
        attempt.failed(
                new BodyChangedException("Content-Length is " + upload.length() + ", but that of the body is not"));
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
        ClientWait.forget(wait);
    }

    /** Whether all of it has been read. */
    boolean isOver() {
        return over;
    }
}
