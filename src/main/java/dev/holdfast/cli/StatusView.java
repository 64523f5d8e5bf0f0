package dev.holdfast.cli;

import dev.holdfast.config.Durations;
import dev.holdfast.config.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the status file says.
 *
 * @param line as it was read
 * @param forwardedTo what the balance file said when requests were forwarded last: empty, or an address; null where this
 *     Holdfast never saw that
 * @param holds counts the holds of this Holdfast
 */
record StatusView(
        String line,
        String state,
        boolean drained,
        boolean closedByFile,
        long holds,
        String forwardedTo,
        Duration pollInterval,
        int inFlight,
        Map<?, ?> fields) {
    private static final int FORMAT = 1;

    /** @throws CommandException if it is not what this version of Holdfast writes */
    static StatusView parse(String line) throws CommandException {
        try {
            Map<?, ?> fields = Json.object(line);
            if (number(fields, "format") != FORMAT) {
                throw new CommandException("the status file is of another version of Holdfast");
            }
            return new StatusView(
                    line,
                    text(fields, "state"),
                    (Boolean) fields.get("drained"),
                    (Boolean) fields.get("closedByFile"),
                    number(fields, "holds"),
                    (String) fields.get("forwardedTo"),
                    Duration.ofMillis(number(fields, "pollMillis")),
                    (int) number(fields, "inFlight"),
                    fields);
        } catch (IllegalArgumentException | ClassCastException | NullPointerException e) {
            throw new CommandException("the status file is none of Holdfast's: " + e);
        }
    }

    /** Empty where there is none, or none that can be understood. */
    static Optional<StatusView> parse(Optional<String> line) {
        try {
            return line.isEmpty() ? Optional.empty() : Optional.of(parse(line.get()));
        } catch (CommandException notOurs) {
            return Optional.empty();
        }
    }

    boolean isOpen() {
        return state.equals("open");
    }

    boolean isStopped() {
        return state.equals("stopped");
    }

    /** Tells one Holdfast from another that came after it. */
    String instance() {
        return number(fields, "pid") + " " + text(fields, "started");
    }

    /** Such as "process 4711, at 2026-01-31T12:00:00Z". */
    String written() {
        return "process " + number(fields, "pid") + ", at " + Instant.parse(text(fields, "written"));
    }

    String summary() {
        return summary("");
    }

    /** Such as "draining after 60.0 s: 2 in flight (GET /a for 61.2 s, POST /b for 3.0 s), 1 stream, 14 held". */
    String summary(String after) {
        StringBuilder summary = new StringBuilder(state)
                .append(after)
                .append(": ")
                .append(inFlight)
                .append(" in flight");
        List<?> oldest = list("oldestInFlight");
        if (!oldest.isEmpty()) {
            summary.append(oldest.stream()
                    .map(each -> request((Map<?, ?>) each))
                    .collect(Collectors.joining(", ", oldest.size() < inFlight ? " (the oldest: " : " (", ")")));
        }
        long streams = number(fields, "streams");
        return oneLine(summary.append(", ")
                .append(streams == 1 ? "1 stream, " : streams + " streams, ")
                .append(held())
                .toString());
    }

    private String held() {
        long held = number(fields, "held");
        return held == 0
                ? "0 held"
                : held + " held (the oldest for " + seconds(number(fields, "oldestHeldMillis")) + ")";
    }

    private static String request(Map<?, ?> request) {
        return text(request, "method") + " " + text(request, "path") + " for " + seconds(number(request, "ageMillis"));
    }

    /** Why it is closed, and what is the matter with the balance file; empty when it is open and all is well. */
    String reasons() {
        String readError = text(fields, "readError");
        return list("reasons").stream()
                        .map(reason -> oneLine(text((Map<?, ?>) reason, "detail")))
                        .collect(Collectors.joining("; "))
                + (readError.isEmpty() ? "" : "; " + oneLine(readError));
    }

    /** All, in some lines. */
    String describe() {
        String reasons = reasons();
        long closedMillis = number(fields, "closedMillis");
        return summary()
                + (reasons.isEmpty() ? "" : "\n  closed for " + seconds(closedMillis) + ": " + reasons)
                + "\n  upstream " + oneLine(text(fields, "upstream"))
                + "\n  last release "
                + (fields.get("lastRelease") == null ? "none" : oneLine(text(fields, "lastRelease")))
                + "\n  written by "
                + written();
    }

    private List<?> list(String name) {
        return fields.get(name) instanceof List<?> list ? list : List.of();
    }

    private static String text(Map<?, ?> fields, String name) {
        return (String) fields.get(name);
    }

    private static long number(Map<?, ?> fields, String name) {
        return ((Double) fields.get(name)).longValue();
    }

    private static String seconds(long millis) {
        return Durations.inSeconds(Duration.ofMillis(millis));
    }

    /** For a terminal, which control characters would steer. */
    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
