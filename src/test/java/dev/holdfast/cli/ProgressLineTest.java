package dev.holdfast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final ProgressLine line = new ProgressLine(new PrintStream(written, true, StandardCharsets.US_ASCII));

    /** As a terminal shows it: a carriage return goes back, what is written then replaces what stands there. */
    private String screen() {
        StringBuilder screen = new StringBuilder();
        StringBuilder current = new StringBuilder();
        int at = 0;
        for (char c : written.toString(StandardCharsets.US_ASCII).toCharArray()) {
            if (c == '\n') {
                screen.append(current.toString().stripTrailing()).append('\n');
                current.setLength(0);
                at = 0;
            } else if (c == '\r') {
                at = 0;
            } else if (c == '\b') {
                at--;
            } else {
                current.replace(at, Math.min(at + 1, current.length()), String.valueOf(c));
                at++;
            }
        }
        return screen.append(current.toString().stripTrailing()).toString();
    }

    private void log(String text) {
        line.printAbove(() -> written.writeBytes((text + "\n").getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void isWrittenAnewInPlace() {
        line.show("holding: 10 held");
        assertEquals("holding: 10 held", screen());
        line.show("open");
        assertEquals("open", screen());
        line.show("");
        assertEquals("", screen());
    }

    @Test
    void leavesNothingInALogLine() {
        line.show("a rather long line of progress");
        log("short");
        assertEquals("short\n", screen());
        line.show("next");
        log("and again");
        line.show("last");
        assertEquals("short\nand again\nlast", screen());
    }

    @Test
    void neverBreaksIntoTwo() {
        line.show("x".repeat(200));
        assertEquals("x".repeat(76) + "...", screen());
    }

    @Test
    void isGoneAtTheEnd() {
        line.show("draining");
        line.end();
        line.show("draining");
        assertEquals("", screen());
    }

    @Test
    void writesNothingWhereThereIsNothingToSay() {
        line.show("");
        line.printAbove(() -> {});
        line.end();
        assertEquals(0, written.size());
    }
}
