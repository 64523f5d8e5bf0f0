package dev.holdfast.cluster.model;

import java.util.EnumSet;
import java.util.Set;

/**
 * How large the world is.
 *
 * @param joining how many of the nodes do not run at first
 * @param requests that come to each node
 * @param lastVersion of the switch; odd ones forward, even ones hold; where the last one holds, requests may wait for ever
 * @param crashes of all nodes together; stops count as such
 * @param maxAge in ticks; 0 is a world without time, where knowledge does not grow old
 * @param losses whether connections get lost and sessions end
 * @param cutOff whether a server is cut off from the others at some time, and goes on to answer the command
 */
record Bounds(
        int nodes,
        int joining,
        int requests,
        int lastVersion,
        int crashes,
        int maxAge,
        boolean losses,
        boolean cutOff,
        Away away,
        Set<Rule> without) {
    /** The setting {@code zookeeperAway}. */
    enum Away {
        KEEP,
        HOLD
    }

    static Bounds of(Away away, int nodes) {
        return new Bounds(nodes, 0, 1, 3, 0, 0, true, false, away, Set.of());
    }

    Bounds joining(int some) {
        return new Bounds(nodes, some, requests, lastVersion, crashes, maxAge, losses, cutOff, away, without);
    }

    Bounds requests(int each) {
        return new Bounds(nodes, joining, each, lastVersion, crashes, maxAge, losses, cutOff, away, without);
    }

    Bounds lastVersion(int odd) {
        return new Bounds(nodes, joining, requests, odd, crashes, maxAge, losses, cutOff, away, without);
    }

    Bounds crashes(int all) {
        return new Bounds(nodes, joining, requests, lastVersion, all, maxAge, losses, cutOff, away, without);
    }

    Bounds maxAge(int ticks) {
        return new Bounds(nodes, joining, requests, lastVersion, crashes, ticks, losses, cutOff, away, without);
    }

    Bounds withoutLosses() {
        return new Bounds(nodes, joining, requests, lastVersion, crashes, maxAge, false, cutOff, away, without);
    }

    Bounds withServerCutOff() {
        return new Bounds(nodes, joining, requests, lastVersion, crashes, maxAge, losses, true, away, without);
    }

    Bounds without(Rule... rules) {
        Set<Rule> fewer = EnumSet.noneOf(Rule.class);
        fewer.addAll(without);
        fewer.addAll(Set.of(rules));
        return new Bounds(nodes, joining, requests, lastVersion, crashes, maxAge, losses, cutOff, away, fewer);
    }

    boolean has(Rule rule) {
        return !without.contains(rule);
    }

    boolean hasTime() {
        return maxAge > 0;
    }

    /** Whether no request may begin anywhere once the knowledge from before a hold is too old. */
    boolean knowledgeIsLease() {
        return hasTime() && (away == Away.HOLD || !losses);
    }
}
