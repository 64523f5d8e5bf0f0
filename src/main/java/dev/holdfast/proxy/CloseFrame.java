package dev.holdfast.proxy;

import java.util.concurrent.ThreadLocalRandom;

/**
 * A WebSocket's close frame with the code 1012, Service Restart: RFC 6455, section 5.5.1, and the registry that its section
 * 11.7 founds.
 */
final class CloseFrame {
    /** Bytes. */
    static final int LARGEST = 8;

    private static final byte HIGH = 1012 >> 8;
    private static final byte LOW = (byte) 1012;

    private CloseFrame() {}

    static byte[] fromServer() {
        return new byte[] {(byte) 0x88, 2, HIGH, LOW};
    }

    /** What a client sends is masked: RFC 6455, section 5.3. Nobody chooses what this mask hides, so it need not be secret. */
    static byte[] fromClient() {
        byte[] mask = new byte[4];
        ThreadLocalRandom.current().nextBytes(mask);
        byte high = (byte) (HIGH ^ mask[0]);
        byte low = (byte) (LOW ^ mask[1]);
        return new byte[] {(byte) 0x88, (byte) 0x82, mask[0], mask[1], mask[2], mask[3], high, low};
    }
}
