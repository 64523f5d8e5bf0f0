package dev.holdfast.proxy;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What of a small body had come together with the head, in a buffer of ours. It leaves with the head, in one write and in the
 * container's thread; where all of it is here, the container need not be asked to tell of more, which costs it a turn of its
 * poller and another thread. And it is not lost where the request has to be held again, or sent again.
 */
final class EarlyBody {
    /** A form, or a call with JSON. It is held as long as the request where that is held again. */
    private static final int MOST_BYTES = 8 * 1024;

    private static final String ATTRIBUTE = EarlyBody.class.getName();

    private final byte[] bytes;
    private final int count;
    private final boolean whole;

    private EarlyBody(byte[] bytes, int count, boolean whole) {
        this.bytes = bytes;
        this.count = count;
        this.whole = whole;
    }

    /**
     * Takes what is there, without waiting; what was taken for an earlier exchange of the request is there, too. Over HTTP/1.1
     * and on the container's thread only, before anybody listens.
     *
     * @param length of the body in bytes; negative when it is not known
     * @return null when nothing is there, or the body may be a large one
     */
    static EarlyBody of(HttpServletRequest request, ServletInputStream in, long length) throws IOException {
        if (length <= 0 || length > MOST_BYTES) {
            return null;
        }
        if (request.getAttribute(ATTRIBUTE) instanceof EarlyBody kept) {
            return kept;
        }
        if (in.available() <= 0) {
            return null;
        }
        byte[] bytes = new byte[(int) length];
        int count = Math.max(in.read(bytes), 0);
        return new EarlyBody(bytes, count, count == length && BodyEnd.isReached(in));
    }

    /** All of it, to be read from its beginning. */
    ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes, 0, count);
    }

    int count() {
        return count;
    }

    /** Whether that is all of the body. */
    boolean isWhole() {
        return whole;
    }

    /** For the request's next exchange. Not once the container may have ended the request. */
    void keepFor(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    /** How much of the body it was us who read, for an exchange that did not begin. Bytes. */
    static int keptFor(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof EarlyBody kept ? kept.count : 0;
    }
}
