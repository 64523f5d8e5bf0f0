package dev.holdfast.proxy;

import java.nio.ByteBuffer;

/**
 * Finds the end of a {@code 101 Switching Protocols} head in what an upstream sends: what follows it is no HTTP any more
 * (RFC 9110, section 7.8). Other interim responses may come before it. Confined to one thread at a time.
 */
final class SwitchScanner {
    private static final String SWITCH = "HTTP/1.1 101";

    private int lineLength; // without the CR
    private boolean statusLine = true;
    private boolean isSwitch = true; // as far as has been seen
    private boolean isInterim = true;
    private boolean found;
    private boolean over;

    /** Returns the position behind the 101 head; the end of what is given where there is none. The buffer stays as it is. */
    int end(ByteBuffer bytes, int from, int to) {
        for (int i = from; i < to && !over; i++) {
            byte b = bytes.get(i);
            if (b == '\n' && endsHead()) {
                return i + 1;
            } else if (b != '\n' && b != '\r') {
                look(b);
            }
        }
        return to;
    }

    boolean hasFound() {
        return found;
    }

    private void look(byte b) {
        if (statusLine && lineLength < SWITCH.length()) {
            boolean minorVersion = lineLength == 7;
            boolean asExpected = minorVersion || b == SWITCH.charAt(lineLength);
            isSwitch &= asExpected;
            isInterim &= asExpected || lineLength > 9;
            over = !isInterim; // a final response: nothing to be found behind it
        }
        lineLength++;
    }

    private boolean endsHead() {
        boolean emptyLine = lineLength == 0;
        lineLength = 0;
        if (emptyLine && statusLine) { // before the response
            return false;
        }
        statusLine = emptyLine;
        found = emptyLine && isSwitch;
        if (emptyLine) {
            isSwitch = true;
            isInterim = true;
        }
        over = found;
        return found;
    }
}
