package dev.holdfast.cluster;

import dev.holdfast.config.Json;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * What a node says of itself.
 *
 * @param process tells this process from another one of the same name
 * @param version of the switch, that its gate has been moved to
 * @param reason why its gate is closed, in one line; empty while it is open
 */
public record NodeReport(
        String process, State state, int inFlight, int held, int streams, long version, String reason) {
    private static final int FORMAT = 1;

    public enum State {
        OPEN,
        /** Closed, but not drained, or not because of the switch. */
        HOLDING,
        /** The switch has closed the gate, and nothing is in flight. */
        DRAINED
    }

    byte[] toJson() {
        return Json.line(new Line(
                        FORMAT,
                        process,
                        state.name().toLowerCase(Locale.ROOT),
                        inFlight,
                        held,
                        streams,
                        SwitchReading.name(version),
                        reason))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** @throws IllegalArgumentException if it is not what this version of Holdfast writes */
    static NodeReport parse(byte[] json) {
        try {
            Map<?, ?> fields = Json.object(new String(json, StandardCharsets.UTF_8));
            if (number(fields, "format") != FORMAT) {
                throw new IllegalArgumentException("it is of another version of Holdfast");
            }
            String version = (String) fields.get("version");
            return new NodeReport(
                    (String) fields.get("process"),
                    State.valueOf(((String) fields.get("state")).toUpperCase(Locale.ROOT)),
                    number(fields, "inFlight"),
                    number(fields, "held"),
                    number(fields, "streams"),
                    version.equals("none") ? SwitchReading.NONE : Long.parseUnsignedLong(version.substring(2), 16),
                    (String) fields.get("reason"));
        } catch (ClassCastException | NullPointerException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("it is none of Holdfast's: " + e, e);
        }
    }

    private static int number(Map<?, ?> fields, String name) {
        return ((Double) fields.get(name)).intValue();
    }

    /** The fields, with the names that they have there. */
    private record Line(
            int format,
            String process,
            String state,
            int inFlight,
            int held,
            int streams,
            String version,
            String reason) {}
}
