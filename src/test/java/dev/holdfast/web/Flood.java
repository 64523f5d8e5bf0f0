package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** Much, sent in a thread of its own to somebody who may not take it; knows how much has gone. */
final class Flood {
    /** Bytes. */
    static final int ALL = 80_000_000;

    /** What the kernel's buffers on the way may take, which grow to some megabytes each. */
    private static final int ON_THE_WAY = 40_000_000;

    private static final int PIECE = 100_000;

    private final AtomicLong sent = new AtomicLong();
    private final Thread thread;

    private Flood(Wire to, boolean chunked) {
        thread = new Thread(() -> send(to, chunked), "flood");
        thread.start();
    }

    static Flood to(Wire to) {
        return new Flood(to, false);
    }

    /** In chunks; not the last one. */
    static Flood chunkedTo(Wire to) {
        return new Flood(to, true);
    }

    private void send(Wire to, boolean chunked) {
        byte[] piece = new byte[PIECE];
        try {
            while (sent.get() < ALL) {
                if (chunked) {
                    to.send(Integer.toHexString(PIECE) + "\r\n");
                }
                to.send(piece);
                if (chunked) {
                    to.send("\r\n");
                }
                sent.addAndGet(PIECE);
            }
        } catch (IOException cut) {
            // So it is not all.
        }
    }

    /** Returns when nothing more goes, which is to be early. */
    void awaitStandstill() {
        long[] last = {-1, 0};
        Until.true_(() -> {
            long now = sent.get();
            last[1] = now > 0 && now == last[0] ? last[1] + 1 : 0;
            last[0] = now;
            return last[1] > 100; // looks, a few milliseconds apart
        });
        assertIsStopped();
    }

    void assertIsStopped() {
        assertTrue(sent.get() < ON_THE_WAY, "sent " + sent);
    }

    /** All has gone. */
    void awaitEnd() throws InterruptedException {
        thread.join(10_000);
        assertEquals(ALL, sent.get());
    }
}
