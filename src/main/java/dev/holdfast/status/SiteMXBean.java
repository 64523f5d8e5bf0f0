package dev.holdfast.status;

import java.io.IOException;

/** A site as JMX shows it, under {@code dev.holdfast:type=Site,name=...}. Times are in milliseconds. */
public interface SiteMXBean {
    /** open, releasing, draining, drained, holding, refusing or stopped. */
    String getState();

    /** Why the gate is closed, a line each; empty while it is open. */
    String[] getReasons();

    long getClosedMillis();

    int getHeld();

    long getOldestHeldMillis();

    int getInFlight();

    int getStreams();

    long getArrived();

    long getPassed();

    long getReleased();

    long getExpired();

    long getAbandoned();

    long getRejected();

    long getReplaced();

    long getPostponed();

    long getRefused();

    /** Requests that the upstream did not answer, or not whole. */
    long getFailed();

    /** Clients that left, or took too long, while the upstream had their request. */
    long getClientsGone();

    String getUpstream();

    int getUpstreamConnectionsInUse();

    int getUpstreamConnectionsIdle();

    String getBalanceFile();

    /** Whether ZooKeeper is there; false also where this node is alone. */
    boolean isClusterConnected();

    /** How old it is what is known of the fleet's switch; -1 where this node is alone. */
    long getClusterKnowledgeAgeMillis();

    /** The version of the fleet's switch that the gate has been moved to; empty where this node is alone. */
    String getClusterSwitchVersion();

    /** Takes the balance file away, as {@code holdfast hold} does. Returns what was done. */
    String hold() throws IOException;

    /** Puts it back, as {@code holdfast release} does. Returns what was done. */
    String release() throws IOException;

    /** Turns requests away with this message, as {@code holdfast refuse} does. Returns what was done. */
    String refuse(String message) throws IOException;
}
