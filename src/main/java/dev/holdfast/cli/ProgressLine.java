package dev.holdfast.cli;

import java.io.PrintStream;

/**
 * The last line of a terminal, which says how it goes and is written anew in place; everything else is printed above it.
 * Thread-safe. It goes to stdout: stderr may be a file where stdout is a terminal.
 */
final class ProgressLine {
    /** A longer one would break into two, of which only the second can be taken back. */
    private static final int WIDTH = 79;

    private final PrintStream terminal;
    private String shown = ""; // guarded by this, as below
    private boolean over;

    ProgressLine(PrintStream terminal) {
        this.terminal = terminal;
    }

    /** @param line empty where there is nothing to say */
    synchronized void show(String line) {
        if (!over) {
            String fitting = line.length() <= WIDTH ? line : line.substring(0, WIDTH - 3) + "...";
            replace(fitting);
        }
    }

    /** Takes the line away, since something else is printed; it comes again when it is shown next, and is true then. */
    synchronized void printAbove(Runnable printing) {
        replace("");
        printing.run();
    }

    /** Takes it away for good. */
    synchronized void end() {
        replace("");
        over = true;
    }

    private void replace(String line) {
        if (line.equals(shown)) {
            return;
        }
        String rest = " ".repeat(Math.max(0, shown.length() - line.length()));
        terminal.print("\r" + line + rest + (line.isEmpty() ? "\r" : "\b".repeat(rest.length())));
        terminal.flush();
        shown = line;
    }
}
