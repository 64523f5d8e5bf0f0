package dev.holdfast.web;

import static dev.holdfast.config.Durations.inSeconds;

import dev.holdfast.status.SiteView;
import java.time.Duration;
import java.util.Locale;

/** How the upgrade of a site goes, in a few words, for whoever watches it in a terminal. */
final class Progress {
    private Progress() {}

    /** Empty while the gate is open and nobody waits. */
    static String of(SiteView now) {
        if (now.reasons().isEmpty() && now.held() == 0) {
            return "";
        }
        String closed = now.reasons().isEmpty() ? "" : " for " + seconds(now.closedMillis());
        String oldest = now.held() == 0 ? "" : ", oldest " + seconds(now.oldestHeldMillis());
        return String.format(
                Locale.ROOT,
                "%s: %s%s; %,d held%s; %,d in flight",
                now.site(),
                now.state(),
                closed,
                now.held(),
                oldest,
                now.inFlight());
    }

    private static String seconds(long millis) {
        return inSeconds(Duration.ofMillis(millis));
    }
}
