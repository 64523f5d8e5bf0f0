package dev.holdfast.proxy;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The body of a request at the container, and the one buffer through which it goes on. Read without waiting, by one thread at a time; over
 * HTTP/2 in the turn, where a read may block, for it grants a window, which is written.
 */
final class ClientUpload {
    private static final int LARGEST_BUFFER = 64 * 1024;
    private static final long LONGEST_TELLING_NANOS = 500_000_000;

    enum Input {
        SOME,
        NONE_YET,
        END,
        /** More than was announced. */
        TOO_MUCH,
        /** Nobody may read any more. */
        OVER
    }

    private final Exchange exchange;
    private final ServletInputStream in;
    private final long length;
    private final EarlyBody early; // null: none
    private volatile boolean callDue; // by the container
    private boolean letGo; // guarded by this

    // Of whoever reads.
    private ByteBuffer buffer;
    private long count; // bytes
    private boolean dry; // the container said so when what is in the buffer had been read
    private long resetNanos; // 0: it is not, as far as is known

    /**
     * On the container's thread.
     *
     * @param mayComeEarly whether to take what is there
     */
    ClientUpload(Exchange exchange, HttpServletRequest request, boolean mayComeEarly) throws IOException {
        this.exchange = exchange;
        this.in = request.getInputStream();
        this.length = request.getContentLengthLong();
        this.early = mayComeEarly ? EarlyBody.of(request, in, length) : null;
        startAnew();
    }

    private void startAnew() {
        if (early != null) {
            buffer = early.buffer();
            count = early.count();
        }
    }

    /** Whether all of it is in the buffer, from the beginning. */
    boolean isHere() {
        return early != null && early.isWhole();
    }

    /** Announced, in bytes; negative when it was not. */
    long length() {
        return length;
    }

    /** What has been read and not yet sent on. Null before the first byte. */
    ByteBuffer buffer() {
        return buffer;
    }

    /** Whether less has been read than was announced. */
    boolean isShort() {
        return count < length;
    }

    /** Goes back to the beginning. Returns false, and does nothing, when some has been read that is not kept. */
    boolean rewind() {
        if (count != (early == null ? 0 : early.count())) {
            return false;
        }
        startAnew();
        return true;
    }

    /** For the next exchange of the request, and before the container ends it. */
    void keepFor(HttpServletRequest request) {
        if (early != null) {
            early.keepFor(request);
        }
    }

    void listen(ReadListener listener) {
        in.setReadListener(listener);
    }

    /** The container made the call that it owed. */
    void called() {
        callDue = false;
    }

    /** T1 (a reactor thread) reads here, T2 (the container) ends the request: T2 waits in {@link #letGo}. */
    synchronized Input read() throws IOException {
        if (letGo) {
            return Input.OVER;
        }
        if (isStillDry()) {
            return Input.NONE_YET;
        }
        if (BodyEnd.isReached(in)) {
            return exchange.isReset() ? Input.OVER : Input.END; // and then the container tells that the client left
        }
        if (!isReady()) {
            if (isResetUntold()) {
                throw new IOException("the container has reset the stream");
            }
            return Input.NONE_YET;
        }
        if (buffer == null) {
            buffer = ByteBuffer.allocate(length > 0 ? (int) Math.min(length, LARGEST_BUFFER) : LARGEST_BUFFER / 2);
        }
        int read = fill(buffer.array());
        count += read;
        buffer.position(0).limit(read);
        return length < 0 || count <= length ? Input.SOME : Input.TOO_MUCH;
    }

    /** Then the container will call, and to ask it once more would be a vain look at the socket. */
    private boolean isStillDry() {
        boolean still = dry && callDue;
        dry = false;
        return still;
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

    /** With all that has come, as far as there is room: the container gives some 8 KB at a time, and each write to the upstream costs. */
    private int fill(byte[] bytes) throws IOException {
        int filled = 0;
        int read;
        do {
            read = Math.max(in.read(bytes, filled, bytes.length - filled), 0);
            filled += read;
            if (read == 0 || filled == bytes.length || BodyEnd.isReached(in)) {
                return filled;
            }
        } while (isReady());
        dry = true;
        return filled;
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

    /**
     * Over HTTP/2, in the turn: takes what has come, for nobody. Not to be asked for the end while the container owes a call: T1 (here, in a
     * turn for something else) hears of the end and completes, T2 (the container) has just seen that somebody listens and is about
     * to tell of it, and Tomcat takes that for so wrong that it closes the connection.
     *
     * @return whether it has come to its end
     */
    boolean discard() throws IOException {
        if (callDue) {
            return false;
        }
        byte[] piece = new byte[LARGEST_BUFFER / 8];
        while (!BodyEnd.isReached(in)) {
            if (!isReady()) {
                return false;
            }
            in.read(piece);
        }
        return true;
    }

    /** Nobody is just reading when this returns, nor will. */
    synchronized void letGo() {
        letGo = true;
    }
}
