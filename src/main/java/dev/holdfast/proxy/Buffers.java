package dev.holdfast.proxy;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Buffers for tunnels, which need one only while bytes are on their way: thousands that are silent need none. There are as
 * many as were ever in use at a time. Thread-safe.
 */
final class Buffers {
    /** Bytes. */
    static final int SIZE = 32 * 1024;

    private final ConcurrentLinkedDeque<ByteBuffer> idle = new ConcurrentLinkedDeque<>();

    /** An empty one, with an array. */
    ByteBuffer take() {
        ByteBuffer buffer = idle.pollLast();
        return buffer == null ? ByteBuffer.allocate(SIZE) : buffer.clear();
    }

    void giveBack(ByteBuffer buffer) {
        idle.addLast(buffer);
    }
}
