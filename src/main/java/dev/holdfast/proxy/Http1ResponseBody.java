package dev.holdfast.proxy;

import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hc.core5.http.nio.CapacityChannel;

/**
 * The body over HTTP/1.1: writes go straight through, never blocking, while the container can take them. The monitor makes reactor
 * thread and container thread alternate.
 *
 * <p>Tomcat 11 takes the last byte of an announced length for the end of the response, and of the request too, whose body it
 * closes. So while an upload goes on that the upstream has answered already, that byte waits for its end.
 */
final class Http1ResponseBody extends ResponseBody {
    /** What containers keep of a response before they write it, if nobody says how much. Bytes. */
    private static final int USUAL_BUFFER = 8 * 1024;

    // Guarded by this
    private boolean large;
    private boolean bufferFilled; // of a large one
    private byte[] heldBack;

    Http1ResponseBody(Exchange exchange, ServletOutputStream out, HandBack handBack) {
        super(exchange, out, handBack);
    }

    @Override
    synchronized void begin(Attempt from, long length, boolean isStream) {
        super.begin(from, length, isStream);
        large = !isStream && (left < 0 || left > USUAL_BUFFER);
    }

    /**
     * When a write goes beyond its buffer, Tomcat leaves some of it behind, takes no more until that is written, and does that
     * elsewhere: its poller finds that the socket can be written to, as it could all the time, and wakes a thread. A piece that
     * stays in the buffer, and is flushed, goes out at once.
     */
    @Override
    synchronized boolean isLarge() {
        return large;
    }

    @Override
    void take(ByteBuffer source) throws IOException {
        int length = source.remaining();
        boolean holdsBack = left == 0 && length > 0 && !attempt.isRequestOver();
        if (holdsBack) {
            length--;
        }
        if (length > 0) {
            pass(source, length);
        }
        if (holdsBack) {
            heldBack = new byte[] {source.get()};
        }
    }

    private void pass(ByteBuffer source, int length) throws IOException {
        if (waiting.isEmpty() && takesMore()) {
            out.write(source.array(), source.arrayOffset() + source.position(), length);
            bufferFilled = large;
            source.position(source.position() + length);
        } else {
            keep(source, length);
        }
    }

    @Override
    void goOn(boolean handBackWaits) {
        handBack.proceed();
        advance();
    }

    @Override
    void advance() {
        try {
            CapacityChannel granted;
            boolean complete;
            synchronized (this) {
                granted = writeOn() && wantsCapacity() && out.isReady() ? takeCapacity() : null;
                complete = isComplete();
                stopped |= complete;
                noteWait();
            }
            if (granted != null) {
                granted.update(UpstreamPool.WINDOW);
            }
            if (complete) {
                exchange.responseDelivered();
            }
        } catch (IOException | RuntimeException e) {
            exchange.clientUnwritable(e);
        }
    }

    private boolean isComplete() {
        return ended && upstreamDone && !stopped && waiting.isEmpty() && heldBack == null && !flushDue && out.isReady();
    }

    /** Returns whether all that waited is written. */
    private boolean writeOn() throws IOException {
        if (heldBack != null && upstreamDone) {
            waiting.add(heldBack);
            heldBack = null;
            flushDue = true;
        }
        while (!waiting.isEmpty() && takesMore()) {
            out.write(waiting.poll());
            bufferFilled = large;
        }
        if (stopped || !waiting.isEmpty()) {
            return false;
        }
        if (flushDue && out.isReady()) {
            flushDue = false;
            bufferFilled = false;
            out.flush();
        }
        return true;
    }

    private boolean takesMore() throws IOException {
        if (bufferFilled && out.isReady()) {
            bufferFilled = false;
            out.flush();
        }
        return out.isReady();
    }
}
