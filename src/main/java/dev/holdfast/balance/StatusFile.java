package dev.holdfast.balance;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * The file {@code <balance file>.status}, seen complete or not at all. Whoever wants to know whether Holdfast is there
 * deletes it: then it is written again. Confined to the balance thread.
 */
final class StatusFile {
    private final WholeFile file;

    StatusFile(Path balanceFile, Complaint complaint) {
        this.file = new WholeFile(balanceFile, nameFor(balanceFile), "status file", complaint);
    }

    /** The names of all that is written here begin with it. */
    static String nameFor(Path balanceFile) {
        return balanceFile.getFileName() + ".status";
    }

    boolean isMissing() {
        return Files.notExists(file.path(), LinkOption.NOFOLLOW_LINKS);
    }

    /** Returns whether it is written. That it cannot be is said, and changes nothing else. */
    boolean write(String line) {
        return file.write(line);
    }
}
