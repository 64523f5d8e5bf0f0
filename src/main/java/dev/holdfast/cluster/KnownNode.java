package dev.holdfast.cluster;

import dev.holdfast.config.ClusterSettings;
import dev.holdfast.config.ClusterSettings.Away;
import dev.holdfast.config.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * What outlives a node that vanished.
 *
 * @param process that registered last under this name
 */
public record KnownNode(String process, Away away, Duration maxAge) {
    static KnownNode of(String process, ClusterSettings settings) {
        return new KnownNode(process, settings.away(), settings.maxAge());
    }

    byte[] toJson() {
        return Json.line(new Line(process, away.name().toLowerCase(Locale.ROOT), maxAge.toMillis()))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** @throws IllegalArgumentException if it is none of Holdfast's */
    static KnownNode parse(byte[] json) {
        try {
            Map<?, ?> fields = Json.object(new String(json, StandardCharsets.UTF_8));
            return new KnownNode(
                    (String) fields.get("process"),
                    Away.valueOf(((String) fields.get("away")).toUpperCase(Locale.ROOT)),
                    Duration.ofMillis(((Double) fields.get("maxAgeMillis")).longValue()));
        } catch (ClassCastException | NullPointerException e) {
            throw new IllegalArgumentException("it is none of Holdfast's: " + e, e);
        }
    }

    private record Line(String process, String away, long maxAgeMillis) {}
}
