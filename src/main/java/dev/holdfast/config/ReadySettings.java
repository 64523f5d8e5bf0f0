package dev.holdfast.config;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How the upstream is asked whether it is ready, before anybody who was held goes there.
 *
 * @param path what is asked for with GET; without one, an upstream that takes connections is ready
 * @param interval positive; from an answer to the next question
 * @param successes at least 1; so many answers 2xx in a row say that it is ready
 * @param timeout positive; longest time from a question to the end of its answer, connecting included
 */
public record ReadySettings(Optional<String> path, Duration interval, int successes, Duration timeout) {
    static final String PATH_ALLOWED = "none, or a path that begins with /, such as /up";

    private static final Pattern PATH = Pattern.compile("/[!-~&&[^#]]*");

    public ReadySettings {
        Ranges.check(path.isEmpty() || PATH.matcher(path.get()).matches(), "readyPath", path, PATH_ALLOWED);
        Ranges.positive("readyInterval", interval);
        Ranges.atLeast("readySuccesses", successes, 1);
        Ranges.positive("readyTimeout", timeout);
    }

    /** @throws IllegalArgumentException if it is neither {@code none} nor a path; the message says what is allowed */
    static Optional<String> parsePath(String value) {
        if (value.equals("none")) {
            return Optional.empty();
        }
        Ranges.check(PATH.matcher(value).matches(), "readyPath", value, PATH_ALLOWED);
        return Optional.of(value);
    }
}
