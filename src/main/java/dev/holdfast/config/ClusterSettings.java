package dev.holdfast.config;

import java.time.Duration;
import java.util.Optional;

/**
 * Several nodes that hold and release together.
 *
 * @param site the name that the nodes of one fleet share
 * @param node the name of this one, which no other of the fleet has
 * @param atStart what this node does when it starts and ZooKeeper does not answer
 * @param away what it does when ZooKeeper does not answer any more
 * @param maxAge positive; for how long it goes by what it was told last
 * @param session longer than {@code maxAge}; so long after its last sign of life a node counts as gone
 * @param digest user, colon, password; empty where everybody may move the switch
 * @param releaseConcurrencyTotal at least 1, of all nodes together; empty where each has its own
 */
public record ClusterSettings(
        Ensemble ensemble,
        String site,
        String node,
        AtStart atStart,
        Away away,
        Duration maxAge,
        Duration session,
        Optional<String> digest,
        Optional<Integer> releaseConcurrencyTotal) {
    /** Without ZooKeeper at the start. */
    public enum AtStart {
        HOLD,
        OPEN
    }

    /** Without ZooKeeper later. */
    public enum Away {
        /** Goes on with what it knew. */
        KEEP,
        HOLD
    }

    static final String DIGEST_ALLOWED = "user, colon and password";

    public ClusterSettings {
        Ensemble.checkName(site);
        Ensemble.checkName(node);
        Ranges.positive(Setting.ZOOKEEPER_MAX_AGE.key(), maxAge);
        // Else who was paused could be counted as gone, and forward when it wakes up.
        Ranges.check(
                session.compareTo(maxAge) > 0,
                Setting.ZOOKEEPER_SESSION.key(),
                Durations.inSeconds(session),
                "what is longer than " + Setting.ZOOKEEPER_MAX_AGE.key() + ", " + Durations.inSeconds(maxAge));
        if (digest.isPresent() && !digest.get().matches("[^:]+:.+")) {
            throw new IllegalArgumentException(Setting.ZOOKEEPER_DIGEST.key()
                    + ": the value (which is not shown) is not allowed; allowed is none, or " + DIGEST_ALLOWED);
        }
        releaseConcurrencyTotal.ifPresent(total -> Ranges.atLeast("releaseConcurrencyTotal", total, 1));
        Ranges.check(
                atStart == AtStart.HOLD || away == Away.KEEP,
                Setting.ZOOKEEPER_AT_START.key(),
                "open",
                "hold where " + Setting.ZOOKEEPER_AWAY.key() + " is hold");
    }

    /** For the log: nobody is to see the password. */
    @Override
    public String toString() {
        return ensemble + "/" + site + " as " + node;
    }
}
