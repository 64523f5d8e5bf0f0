package dev.holdfast.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * What becomes of exchanges that have no end of their own: event streams and tunnels.
 *
 * @param closeAfter how long after the operator closed the gate they are ended; {@link #NEVER} if they stay
 * @param tunnelIdleTimeout positive; longest silence of both sides of a tunnel
 */
public record StreamSettings(Duration closeAfter, Duration tunnelIdleTimeout) {
    public static final Duration NEVER = ChronoUnit.FOREVER.getDuration();

    public StreamSettings {
        Ranges.check(!closeAfter.isNegative(), "closeStreams", closeAfter, "a duration");
        Ranges.positive("tunnelIdleTimeout", tunnelIdleTimeout);
    }
}
