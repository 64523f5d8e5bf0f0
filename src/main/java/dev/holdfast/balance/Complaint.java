package dev.holdfast.balance;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Says a trouble that lasts once, not at each poll, and says when it is over. Confined to the balance thread. */
final class Complaint {
    private static final Logger LOG = Logger.getLogger(Complaint.class.getPackageName());

    private final String site;
    private String said = "";

    Complaint(String site) {
        this.site = site;
    }

    /** @param cause whose stack is of use; null when the message says it all */
    void say(String message, Throwable cause) {
        if (!message.equals(said)) {
            said = message;
            LOG.log(Level.WARNING, cause, () -> site + ": " + message);
        }
    }

    void over(String message) {
        if (!said.isEmpty()) {
            said = "";
            LOG.info(() -> site + ": " + message);
        }
    }

    /** What is still the matter; empty when nothing is. */
    String said() {
        return said;
    }
}
