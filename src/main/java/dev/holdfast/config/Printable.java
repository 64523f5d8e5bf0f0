package dev.holdfast.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/**
 * Makes what came from elsewhere fit for log and status: nobody who sends us something can write a line of his own there, nor
 * move the cursor of a terminal that shows it.
 */
public final class Printable {
    private static final int LONGEST = 200;
    private static final int LONGEST_FOREIGN = 500;

    /** Controls (those above 127 too), line separators, and what changes the direction of what follows or is not seen. */
    private static final String UNSEEN = "[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+";

    private Printable() {}

    /** For the words of the operator and of the system, in whatever language; what is too long is cut. */
    public static String line(String text) {
        return cut(oneLine(text), LONGEST);
    }

    /** As {@link #line}, however long it is. */
    public static String oneLine(String text) {
        return text.strip().replaceAll(UNSEEN, " ");
    }

    /** For what a client or an upstream sent, whose bytes may be anything: ASCII, all else escaped; what is too long is cut. */
    public static String escaped(String text) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < text.length() && line.length() <= LONGEST_FOREIGN; i++) {
            char c = text.charAt(i);
            if (c == '\r') {
                line.append("\\r");
            } else if (c == '\n') {
                line.append("\\n");
            } else if (c < ' ' || c > '~') {
                line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
        return cut(line.toString(), LONGEST_FOREIGN);
    }

    /** To be logged in place of an exception whose message may quote what was received. */
    public static Throwable escaped(Throwable thrown) {
        return new Escaped(thrown, 0);
    }

    /** Why it failed, without the path, which many a message consists of. */
    public static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        boolean hasReason = e instanceof FileSystemException failure && failure.getReason() != null;
        return line(hasReason ? ((FileSystemException) e).getReason() : e.toString());
    }

    private static String cut(String line, int longest) {
        return line.length() <= longest ? line : line.substring(0, longest) + "...";
    }

    /** Looks like the original in a stack trace; without what was suppressed. */
    private static final class Escaped extends Throwable {
        private static final long serialVersionUID = 1;
        private static final int MOST_CAUSES = 10; // a chain of them may be a ring

        private final String name;

        Escaped(Throwable original, int depth) {
            super(
                    null,
                    original.getCause() == null || depth == MOST_CAUSES
                            ? null
                            : new Escaped(original.getCause(), depth + 1),
                    false,
                    true);
            name = escaped(String.valueOf(original));
            setStackTrace(original.getStackTrace());
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
