package dev.holdfast.balance;

import dev.holdfast.balance.BalanceReading.Forward;
import dev.holdfast.balance.BalanceReading.Malformed;
import dev.holdfast.balance.BalanceReading.Refuse;
import dev.holdfast.config.Printable;
import dev.holdfast.config.UpstreamAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a switch says that is there: the balance file, or that of a fleet. The one place that knows what its content means. */
public final class BalanceContent {
    static final int MOST_BYTES = 8 * 1024;

    private static final Pattern REFUSE = Pattern.compile("refuse(?:\\s+(?<message>.*))?", Pattern.DOTALL);

    private BalanceContent() {}

    public static BalanceReading parse(byte[] content) {
        if (content.length > MOST_BYTES) {
            return new Malformed("it is longer than " + MOST_BYTES + " bytes");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString()
                    .strip();
        } catch (CharacterCodingException e) {
            return new Malformed("it is not UTF-8 text");
        }
        if (text.isEmpty()) {
            return new Forward(Optional.empty());
        }
        Matcher refuse = REFUSE.matcher(text);
        if (refuse.matches()) {
            String message = refuse.group("message");
            return new Refuse(message == null ? Refuse.DEFAULT_MESSAGE : message);
        }
        try {
            return new Forward(Optional.of(UpstreamAddress.parse(text)));
        } catch (IllegalArgumentException e) {
            return new Malformed("allowed is nothing at all (the configured upstream), an address, or \"refuse\" and a"
                    + " message; as an address: " + Printable.line(e.getMessage()));
        }
    }
}
