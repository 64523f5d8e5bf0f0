package dev.holdfast.cluster;

import java.util.logging.Logger;

/** Says a trouble that lasts once, and says when it is over. Confined to one thread, but for {@link #said}. */
final class Complaint {
    private static final Logger LOG = Logger.getLogger(Complaint.class.getPackageName());

    private final String site;
    private volatile String said = "";

    Complaint(String site) {
        this.site = site;
    }

    void say(String message) {
        if (!message.equals(said)) {
            said = message;
            LOG.warning(() -> site + ": " + message);
        }
    }

    void over(String message) {
        if (!said.isEmpty()) {
            said = "";
            LOG.info(() -> site + ": " + message);
        }
    }

    /** What is still the matter; empty when nothing is. Any thread. */
    String said() {
        return said;
    }
}
