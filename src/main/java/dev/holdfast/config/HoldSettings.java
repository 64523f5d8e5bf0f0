package dev.holdfast.config;

import java.time.Duration;

/**
 * How long and how many requests are held, and how fast they are let go.
 *
 * @param maxHold positive; longest hold of one request, from its arrival
 * @param maxClosed positive; a gate closed for longer rejects newcomers at once
 * @param holdLimit at least 1; most requests held at a time
 * @param holdLimitPerClient most requests held at a time for one client address; 0 is no limit
 */
public record HoldSettings(
        Duration maxHold, Duration maxClosed, int holdLimit, int holdLimitPerClient, ReleaseSettings release) {
    public HoldSettings {
        Ranges.positive("maxHold", maxHold);
        Ranges.positive("maxClosed", maxClosed);
        Ranges.atLeast("holdLimit", holdLimit, 1);
        Ranges.atLeast("holdLimitPerClient", holdLimitPerClient, 0);
    }
}
