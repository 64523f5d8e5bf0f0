package dev.holdfast.balance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The file {@code <balance file>.status}, seen complete or not at all. Whoever wants to know whether Holdfast is there
 * deletes it: then it is written again. Confined to the balance thread.
 */
final class StatusFile {
    private final Path file;
    private final Path draft;
    private final Complaint complaint;

    StatusFile(Path balanceFile, Complaint complaint) {
        this.file = balanceFile.resolveSibling(nameFor(balanceFile));
        this.draft = balanceFile.resolveSibling(nameFor(balanceFile) + ".new");
        this.complaint = complaint;
    }

    /** The names of all that is written here begin with it. */
    static String nameFor(Path balanceFile) {
        return balanceFile.getFileName() + ".status";
    }

    boolean isMissing() {
        return Files.notExists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** Returns whether it is written. That it cannot be is said, and changes nothing else. */
    boolean write(String line) {
        try {
            Files.deleteIfExists(draft);
            Files.writeString(draft, line, StandardOpenOption.CREATE_NEW);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            complaint.over("status file " + file + " is written now");
            return true;
        } catch (IOException e) {
            complaint.say("status file " + file + " cannot be written: " + Printable.reason(e), null);
            return false;
        }
    }
}
