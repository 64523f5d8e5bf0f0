package dev.holdfast.proxy;

/**
 * Knows where a WebSocket frame ends and the next begins, in one direction (RFC 6455, section 5.2). It looks at the heads of
 * frames only, and at nothing else. Not thread-safe.
 */
final class FrameBorders {
    private static final int CLOSE = 8;

    private int headRead; // bytes
    private int lengthBytes; // after the first two
    private int headLength;
    private long length;
    private long payloadLeft;
    private boolean sawClose;

    boolean atBorder() {
        return headRead == 0 && payloadLeft == 0;
    }

    /** Whether a close frame passed, or is passing. */
    boolean sawClose() {
        return sawClose;
    }

    /**
     * Goes over the next bytes.
     *
     * @return where it stopped: at the first border or, where it was not told to stop there, at {@code to}
     */
    int pass(byte[] bytes, int from, int to, boolean stopAtBorder) {
        int i = from;
        while (i < to && !(stopAtBorder && atBorder())) {
            if (payloadLeft > 0) {
                int step = (int) Math.min(payloadLeft, to - i);
                payloadLeft -= step;
                i += step;
            } else {
                head(bytes[i++]);
            }
        }
        return i;
    }

    private void head(byte b) {
        if (headRead == 0) {
            sawClose |= (b & 0x0f) == CLOSE;
            headLength = 2;
        } else if (headRead == 1) {
            int code = b & 0x7f;
            length = code < 126 ? code : 0;
            lengthBytes = code < 126 ? 0 : code == 126 ? 2 : 8;
            headLength = 2 + lengthBytes + (b < 0 ? 4 : 0); // masked
        } else if (headRead < 2 + lengthBytes) {
            length = length << 8 | b & 0xff;
        }
        if (++headRead == headLength) {
            headRead = 0;
            payloadLeft = length & Long.MAX_VALUE;
        }
    }
}
