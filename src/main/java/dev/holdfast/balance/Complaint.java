package dev.holdfast.balance;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Says a trouble that lasts once, not at each poll, and says when it is over. Confined to one thread, but for {@link #said}. */
public final class Complaint {
    private final Logger log;
    private final String site;
    private volatile String said = "";

    /** Of the balance file's. */
    Complaint(String site) {
        this(Logger.getLogger(Complaint.class.getPackageName()), site);
    }

    public Complaint(Logger log, String site) {
        this.log = log;
        this.site = site;
    }

    public void say(String message) {
        say(message, null);
    }

    /** @param cause whose stack is of use; null when the message says it all */
    public void say(String message, Throwable cause) {
        if (!message.equals(said)) {
            said = message;
            log.log(Level.WARNING, cause, () -> site + ": " + message);
        }
    }

    public void over(String message) {
        if (!said.isEmpty()) {
            said = "";
            log.info(() -> site + ": " + message);
        }
    }

    /** What is still the matter; empty when nothing is. Any thread. */
    public String said() {
        return said;
    }
}
