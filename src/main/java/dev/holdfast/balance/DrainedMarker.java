package dev.holdfast.balance;

import dev.holdfast.gate.GateSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/**
 * The file {@code <balance file>.drained}: while it is there, the balance file holds all requests and none is in flight. It
 * has one line of JSON and is seen complete or not at all. Confined to the balance thread.
 */
final class DrainedMarker {
    private final Path file;
    private final Path draft;
    private final Complaint complaint;

    DrainedMarker(Path balanceFile, Complaint complaint) {
        this.file = balanceFile.resolveSibling(nameFor(balanceFile));
        this.draft = balanceFile.resolveSibling(nameFor(balanceFile) + ".new");
        this.complaint = complaint;
    }

    /** The names of all that is written here begin with it. */
    static String nameFor(Path balanceFile) {
        return balanceFile.getFileName() + ".drained";
    }

    /** Writes it unless it is there. That it cannot be written is said, and changes nothing else. */
    void write(GateSnapshot gate) {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        String line = "{\"drained\":true,\"since\":\"" + Instant.now() + "\",\"held\":" + gate.held() + ",\"streams\":"
                + gate.streams() + "}\n";
        try {
            Files.deleteIfExists(draft);
            Files.writeString(draft, line, StandardOpenOption.CREATE_NEW);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            complaint.over("drained marker " + file + " is written now");
        } catch (IOException e) {
            complaint.say("drained marker " + file + " cannot be written: " + Printable.reason(e), null);
        }
    }

    /** Returns whether there is certainly none now. */
    boolean remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            if (!Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
                complaint.say(
                        "drained marker " + file + " cannot be removed: " + Printable.reason(e)
                                + "; while it is there, the balance file does not open the gate",
                        null);
                return false;
            }
        }
        complaint.over("drained marker " + file + " is gone now");
        return true;
    }
}
