package dev.holdfast.config;

import java.time.Duration;

/**
 * How fast those who were held are let go.
 *
 * @param concurrency at least 1; most released requests that the upstream has not answered yet
 * @param canary whether the first goes alone, until the upstream has answered it as one that is up
 * @param ramp over which the concurrency grows from 1; zero is none
 */
public record ReleaseSettings(int concurrency, boolean canary, Duration ramp) {
    public ReleaseSettings {
        Ranges.atLeast("releaseConcurrency", concurrency, 1);
        Ranges.check(!ramp.isNegative(), "releaseRamp", ramp, "none or a duration");
    }
}
