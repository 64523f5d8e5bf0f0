package dev.holdfast.balance;

import dev.holdfast.config.Printable;
import dev.holdfast.gate.GateSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;

/**
 * The file {@code <balance file>.drained}: while it is there, the balance file holds all requests and none is in flight. It
 * has one line of JSON and is seen complete or not at all. Confined to the balance thread.
 */
final class DrainedMarker {
    private final WholeFile file;
    private final Complaint complaint;

    DrainedMarker(Path balanceFile, Complaint complaint) {
        this.file = new WholeFile(balanceFile, nameFor(balanceFile), "drained marker", complaint);
        this.complaint = complaint;
    }

    /** The names of all that is written here begin with it. */
    static String nameFor(Path balanceFile) {
        return balanceFile.getFileName() + ".drained";
    }

    /** Writes it unless it is there. That it cannot be written is said, and changes nothing else. */
    void write(GateSnapshot gate) {
        if (Files.exists(file.path(), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        file.write("{\"drained\":true,\"since\":\"" + Instant.now() + "\",\"held\":" + gate.held() + ",\"streams\":"
                + gate.streams() + "}\n");
    }

    /** Returns whether there is certainly none now. */
    boolean remove() {
        try {
            Files.deleteIfExists(file.path());
        } catch (IOException e) {
            if (!Files.notExists(file.path(), LinkOption.NOFOLLOW_LINKS)) {
                complaint.say(
                        file + " cannot be removed: " + Printable.reason(e)
                                + "; while it is there, the balance file does not open the gate",
                        null);
                return false;
            }
        }
        complaint.over(file + " is gone now");
        return true;
    }
}
