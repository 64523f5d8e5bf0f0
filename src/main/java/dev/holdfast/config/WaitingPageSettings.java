package dev.holdfast.config;

import java.time.Duration;
import java.util.Optional;

/**
 * The page that is shown in the place of a long hold.
 *
 * @param after positive; from the arrival of a request; empty where it is never shown
 */
public record WaitingPageSettings(Optional<Duration> after) {
    public WaitingPageSettings {
        after.ifPresent(duration -> Ranges.positive("waitPageAfter", duration));
    }
}
