package dev.holdfast.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketBufferHandler;

/** The socket of a client of the {@link PromptEndpoint}. Reading is for whoever has the connection's lock. */
final class PromptChannel extends NioChannel {
    private enum Beginning {
        NONE,
        GOES_ON,
        END_IS_DUE
    }

    private final AtomicReference<Beginning> beginning = new AtomicReference<>(Beginning.NONE);
    private boolean dry;
    private volatile boolean alone;

    PromptChannel(SocketBufferHandler buffers) {
        super(buffers);
    }

    /** Reads, dry or not. */
    void receive(ByteBuffer input) throws IOException {
        super.read(input);
    }

    /** Whether there is nothing to be read, whatever may have come: a thread that must not wait does what has been looked at, and no more. */
    void isDry(boolean is) {
        dry = is;
    }

    /** Whether the request that is being read, or answered, has come without a body, and without anything behind it. */
    void isAlone(boolean is) {
        alone = is;
    }

    boolean isAlone() {
        return alone;
    }

    /** The poller's thread runs the beginning of a request. */
    void begins() {
        beginning.set(Beginning.GOES_ON);
    }

    boolean isBeginning() {
        return beginning.get() == Beginning.GOES_ON;
    }

    /**
     * Whether the poller's thread, which is still running the beginning of a request that is over by now, will run its end, too. Any
     * thread.
     */
    boolean leaveEndToWhoBegins() {
        return beginning.compareAndSet(Beginning.GOES_ON, Beginning.END_IS_DUE);
    }

    /** That is done, and the lock given back; returns whether the end is due. */
    boolean hasBegun() {
        return beginning.getAndSet(Beginning.NONE) == Beginning.END_IS_DUE;
    }

    @Override
    public int read(ByteBuffer input) throws IOException {
        if (dry) {
            return 0;
        }
        alone = false;
        return super.read(input);
    }
}
