package dev.holdfast.web;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.tomcat.util.collections.SynchronizedStack;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;

/**
 * Tomcat's connections, where the thread that ends the first stream over HTTP/2 with an empty DATA frame is late: it has the
 * channel in its hand, and writes only when a second client has connected.
 */
final class LateEndpoint extends NioEndpoint {
    private static final int HEAD_OF_FRAME = 9;

    private final CountDownLatch writer = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch clients = new CountDownLatch(2);
    private final CountDownLatch written = new CountDownLatch(1);

    TestSite.Change asChange() {
        return new TestSite.Change() {
            @Override
            public void apply(Connector connector, Context context) {
                // All else as it is.
            }

            @Override
            public NioEndpoint endpoint() {
                return LateEndpoint.this;
            }
        };
    }

    /** That thread is about to write. */
    void awaitWriter() throws InterruptedException {
        await(writer);
    }

    /** Tomcat has closed the first connection, and has done with its channel what it does. */
    void awaitClosed() throws InterruptedException {
        await(closed);
        Until.true_(this::isPutAway);
    }

    private boolean isPutAway() {
        SynchronizedStack<NioChannel> pool = getNioChannels();
        if (pool == null) {
            return true;
        }
        NioChannel channel = pool.pop();
        return channel != null && pool.push(channel);
    }

    /** That thread has written, or failed to. */
    void awaitWritten() throws InterruptedException {
        await(written);
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("it did not come");
        }
    }

    @Override
    protected NioChannel createChannel(SocketBufferHandler buffers) {
        return new LateChannel(buffers);
    }

    private static boolean isEnd(ByteBuffer frame) {
        return frame.remaining() == HEAD_OF_FRAME
                && frame.getShort(0) == 0
                && frame.get(2) == 0
                && frame.get(3) == H2Wire.DATA
                && frame.get(4) == H2Wire.END_STREAM;
    }

    private final class LateChannel extends NioChannel {
        LateChannel(SocketBufferHandler buffers) {
            super(buffers);
        }

        @Override
        public void reset(SocketChannel client, NioSocketWrapper wrapper) throws IOException {
            super.reset(client, wrapper);
            if (client == null) {
                closed.countDown();
            } else {
                clients.countDown();
            }
        }

        @Override
        public long write(ByteBuffer[] frame, int offset, int length) throws IOException {
            if (!isEnd(frame[offset])) {
                return super.write(frame, offset, length);
            }
            try {
                writer.countDown();
                await(clients);
                return super.write(frame, offset, length);
            } catch (InterruptedException e) {
                throw new IOException(e);
            } finally {
                written.countDown();
            }
        }
    }
}
