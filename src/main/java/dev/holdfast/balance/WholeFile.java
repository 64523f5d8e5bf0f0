package dev.holdfast.balance;

import dev.holdfast.config.Printable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file beside the balance file that is seen complete or not at all. Confined to the balance thread. */
final class WholeFile {
    private final String what;
    private final Path path;
    private final Path draft;
    private final Complaint complaint;

    /**
     * @param name the names of all that is written here begin with it
     * @param what it is, for the log
     */
    WholeFile(Path balanceFile, String name, String what, Complaint complaint) {
        this.what = what;
        this.path = balanceFile.resolveSibling(name);
        this.draft = balanceFile.resolveSibling(name + ".new");
        this.complaint = complaint;
    }

    Path path() {
        return path;
    }

    /** Returns whether it is written. That it cannot be is said, and changes nothing else. */
    boolean write(String content) {
        try {
            try {
                Files.writeString(draft, content, StandardOpenOption.CREATE_NEW);
            } catch (FileAlreadyExistsException left) {
                Files.delete(draft);
                Files.writeString(draft, content, StandardOpenOption.CREATE_NEW);
            }
            Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
            complaint.over(this + " is written now");
            return true;
        } catch (IOException e) {
            complaint.say(this + " cannot be written: " + Printable.reason(e));
            return false;
        }
    }

    @Override
    public String toString() {
        return what + " " + path;
    }
}
