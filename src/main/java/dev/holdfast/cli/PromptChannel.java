package dev.holdfast.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketBufferHandler;

/** The socket of a client of the {@link PromptEndpoint}. All but writing is done by whoever has the connection's lock. */
final class PromptChannel extends NioChannel {
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

    @Override
    public int read(ByteBuffer input) throws IOException {
        if (dry) {
            return 0;
        }
        alone = false;
        return super.read(input);
    }
}
