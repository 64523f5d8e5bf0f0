package dev.holdfast.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * Tomcat's endpoint, but what certainly waits for nobody runs in the thread that hears of it: to wake another costs more than to do it.
 *
 * <ul>
 *   <li>In the poller's thread a {@linkplain BareHead request without a body} begins that has come whole, and alone.
 *   <li>In the thread that brings its answer it ends, where all of the answer is with the socket. That thread is an {@link Executor} of
 *       tasks that it runs when it holds no lock any more.
 * </ul>
 *
 * <p>Everything else goes to Tomcat's threads as ever: a body that may be long in coming, HTTP/2 and upgrades, whose beginning Tomcat
 * waits for, what a client sends ahead, and the rest of an answer that the client has no room for yet. So nothing in the poller's
 * thread depends on a client. Were there anything that it does all the same, it would cost that client its connection, after a
 * millisecond, and nobody else anything.
 */
final class PromptEndpoint extends NioEndpoint {
    private static final long LONGEST_WAIT_MILLIS = 1;

    /** Fits into an empty socket, in which what ends a chunked body is written waiting. Bytes. */
    private static final int SMALL_ANSWER = 8 * 1024;

    // What more than one thread is needed for, more get: of each while the poller runs requests for a part, then it
    // only hands them on.
    private static final long WHILE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long PART_NANOS = TimeUnit.MILLISECONDS.toNanos(8);

    private final byte[] longerWork;

    // Poller's thread
    private long whileBeganNanos;
    private long usedNanos;

    /** @param longerWork what is asked for below this path, which begins with a slash, is not run here; null if there is none */
    PromptEndpoint(String longerWork) {
        this.longerWork = longerWork == null ? null : BareHead.bytes(longerWork);
    }

    @Override
    protected NioChannel createChannel(SocketBufferHandler buffers) {
        return isSSLEnabled() ? super.createChannel(buffers) : new PromptChannel(buffers);
    }

    /** The only one who tells that there is input for a connection without a request is the poller. */
    @Override
    public boolean processSocket(SocketWrapperBase<NioChannel> client, SocketEvent event, boolean dispatch) {
        if (dispatch
                && event == SocketEvent.OPEN_READ
                && client != null
                && client.getSocket() instanceof PromptChannel channel) {
            boolean here = Thread.currentThread() instanceof Executor engine
                    ? endsSoon(client, channel, engine)
                    : client.getCurrentProcessor() == null && begins(client);
            if (here) {
                return true;
            }
        }
        return super.processSocket(client, event, dispatch);
    }

    private boolean begins(SocketWrapperBase<NioChannel> client) {
        long now = System.nanoTime();
        if (now - whileBeganNanos > WHILE_NANOS) {
            whileBeganNanos = now;
            usedNanos = 0;
        }
        ReentrantLock lock = client.getLock();
        if (usedNanos > PART_NANOS || !lock.tryLock()) {
            return false;
        }
        PromptChannel channel;
        try {
            if (client.getCurrentProcessor() != null
                    || !(client.getSocket() instanceof PromptChannel itsChannel)
                    || !hasComeWhole(client, itsChannel)) {
                return false;
            }
            channel = itsChannel;
            channel.begins();
            run(client, channel);
        } finally {
            lock.unlock();
        }
        if (channel.hasBegun()) {
            end(client, channel);
        }
        usedNanos += System.nanoTime() - now;
        return true;
    }

    /** Whatever has come is where Tomcat looks first, in whichever thread. */
    private boolean hasComeWhole(SocketWrapperBase<NioChannel> client, PromptChannel channel) {
        SocketBufferHandler buffers = client.getSocketBufferHandler();
        if (!buffers.isReadBufferEmpty()) {
            return false;
        }
        buffers.configureReadBufferForWrite();
        ByteBuffer input = buffers.getReadBuffer();
        try {
            channel.receive(input);
            if (client instanceof NioSocketWrapper itself) {
                itself.updateLastRead();
            }
        } catch (IOException reset) {
            return false; // Tomcat finds out, too
        }
        boolean whole = BareHead.isAll(input) && (longerWork == null || !BareHead.asksFor(longerWork, input));
        channel.isAlone(whole);
        return whole;
    }

    /** @param engine the current thread */
    private boolean endsSoon(SocketWrapperBase<NioChannel> client, PromptChannel channel, Executor engine) {
        if (!channel.isBeginning() && !isWritten(client, channel)) {
            return false;
        }
        try {
            engine.execute(() -> {
                if (!channel.leaveEndToWhoBegins()) {
                    end(client, channel);
                }
            });
            return true;
        } catch (RejectedExecutionException itHoldsLocksForLonger) {
            return false;
        }
    }

    private void end(SocketWrapperBase<NioChannel> client, PromptChannel channel) {
        ReentrantLock lock = client.getLock();
        if (lock.tryLock()) {
            try {
                if (isWritten(client, channel)) {
                    run(client, channel);
                    return;
                }
            } finally {
                lock.unlock();
            }
        }
        super.processSocket(client, SocketEvent.OPEN_READ, true);
    }

    /** Whether a request of which nothing is left to be read is over, and nothing is left to be written but what has room for certain. */
    private static boolean isWritten(SocketWrapperBase<NioChannel> client, PromptChannel channel) {
        if (client.getSocket() != channel
                || !channel.isAlone()
                || !(client.getCurrentProcessor() instanceof Processor processor)
                || !client.getSocketBufferHandler().isReadBufferEmpty()
                || client.hasDataToWrite()) {
            return false;
        }
        Request request = processor.getRequest();
        AtomicBoolean completing = new AtomicBoolean();
        request.action(ActionCode.ASYNC_IS_COMPLETING, completing);
        Response response = request.getResponse();
        long written = response.getBytesWritten(false);
        return completing.get()
                && response.isCommitted()
                && (written == response.getContentLengthLong() || written <= SMALL_ANSWER);
    }

    private void run(SocketWrapperBase<NioChannel> client, PromptChannel channel) {
        client.setWriteTimeout(LONGEST_WAIT_MILLIS);
        channel.isDry(true);
        try {
            if (!super.processSocket(client, SocketEvent.OPEN_READ, false)) {
                client.close();
            }
        } finally {
            channel.isDry(false);
            client.setWriteTimeout(getConnectionTimeout());
        }
    }
}
