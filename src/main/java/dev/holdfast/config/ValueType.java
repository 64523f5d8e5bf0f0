package dev.holdfast.config;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How the text of a setting becomes a value. Nothing is corrected: what is not exactly allowed is refused.
 *
 * @param allowed the values that are allowed, as a phrase for messages and help
 * @param parser throws IllegalArgumentException for anything else
 */
record ValueType<T>(String allowed, Function<String, T> parser) {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
    private static final Pattern HOST_NAME =
            Pattern.compile("(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\\.(?!$)|$))+");
    private static final Map<String, ChronoUnit> UNITS = Map.of(
            "ms", ChronoUnit.MILLIS,
            "s", ChronoUnit.SECONDS,
            "m", ChronoUnit.MINUTES,
            "h", ChronoUnit.HOURS,
            "d", ChronoUnit.DAYS);

    /** Never null; the message of its IllegalArgumentException names the value and what is allowed. */
    T parse(String value) {
        try {
            return parser.apply(value);
        } catch (IllegalArgumentException notAllowed) {
            String detail = notAllowed.getMessage();
            throw new IllegalArgumentException(
                    detail != null && detail.contains(allowed) ? detail : refusal(value, allowed), notAllowed);
        }
    }

    static String refusal(String value, String allowed) {
        return "\"" + value + "\" is not allowed; allowed is " + allowed;
    }

    /** A type whose parser's own messages say what is allowed. */
    static <T> ValueType<T> text(String allowed, Function<String, T> parser) {
        return new ValueType<>(allowed, parser);
    }

    /** Whole numbers with a unit, both ends included. */
    static ValueType<Duration> duration(String least, String most) {
        Duration shortest = toDuration(least);
        Duration longest = toDuration(most);
        return new ValueType<>("a duration from " + least + " to " + most + ", such as 500ms, 30s, 2m or 1h", value -> {
            Duration duration = toDuration(value);
            check(duration.compareTo(shortest) >= 0 && duration.compareTo(longest) <= 0);
            return duration;
        });
    }

    /** The same, or {@code none}, which is {@code ifNone}. */
    static ValueType<Duration> durationOrNone(String least, String most, Duration ifNone) {
        ValueType<Duration> duration = duration(least, most);
        return new ValueType<>(
                "none, or " + duration.allowed, value -> value.equals("none") ? ifNone : duration.parser.apply(value));
    }

    /** Whole numbers, both ends included. */
    static ValueType<Integer> number(int least, int most) {
        return new ValueType<>("a whole number from " + least + " to " + most, value -> {
            check(value.matches("[0-9]{1,9}"));
            int number = Integer.parseInt(value);
            check(number >= least && number <= most);
            return number;
        });
    }

    static ValueType<Boolean> bool() {
        return new ValueType<>("true or false", value -> {
            check(value.equals("true") || value.equals("false"));
            return value.equals("true");
        });
    }

    /** One of an enum's constants, written {@code like-this}. */
    static <E extends Enum<E>> ValueType<E> choice(Class<E> type) {
        Map<String, E> byName = Arrays.stream(type.getEnumConstants())
                .collect(Collectors.toMap(
                        constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), Function.identity()));
        String allowed = Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .collect(Collectors.joining(", "));
        return new ValueType<>("one of " + allowed, value -> {
            check(byName.containsKey(value));
            return byName.get(value);
        });
    }

    static ValueType<Path> path() {
        return new ValueType<>("the path of a file", value -> {
            check(!value.isBlank());
            Path path = Path.of(value); // its InvalidPathException is an IllegalArgumentException
            check(!path.normalize().toString().isEmpty() && path.getFileName() != null);
            return path;
        });
    }

    /** That, or the word that stands for none. */
    static <T> ValueType<Optional<T>> optional(String word, ValueType<T> type) {
        return new ValueType<>(
                word + ", or " + type.allowed(),
                value -> value.equals(word)
                        ? Optional.empty()
                        : Optional.of(type.parser().apply(value)));
    }

    /** A text that must not be shown to anybody, or none. */
    static ValueType<Optional<String>> secret() {
        String allowed = "none, or a text without control characters";
        return new ValueType<>(allowed, value -> {
            if (value.isEmpty() || value.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException(
                        "the value (which is not shown) is not allowed; allowed is " + allowed);
            }
            return value.equals("none") ? Optional.empty() : Optional.of(value);
        });
    }

    /** What the JDK takes for a host name, or a literal address. */
    static ValueType<String> hostName() {
        return new ValueType<>("a host name, such as site.example", value -> {
            check(AddressLiteral.parse(value).isPresent()
                    || HOST_NAME.matcher(value).matches());
            return value;
        });
    }

    private static Duration toDuration(String value) {
        Matcher matcher = DURATION.matcher(value);
        check(matcher.matches());
        return Duration.of(Long.parseLong(matcher.group(1)), UNITS.get(matcher.group(2)));
    }

    private static void check(boolean allowed) {
        if (!allowed) {
            throw new IllegalArgumentException();
        }
    }
}
