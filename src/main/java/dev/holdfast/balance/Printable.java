package dev.holdfast.balance;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Makes one short line for log and status of what came from a file or from the system. */
final class Printable {
    private static final int LONGEST = 200;

    private Printable() {}

    /** Control characters, which could forge a log line, become spaces; what is too long is cut. */
    static String line(String text) {
        String line = text.strip().replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }

    /** Why it failed, without the path, which many a message consists of. */
    static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        boolean hasReason = e instanceof FileSystemException failure && failure.getReason() != null;
        return line(hasReason ? ((FileSystemException) e).getReason() : e.toString());
    }
}
