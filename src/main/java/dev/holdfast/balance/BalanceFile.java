package dev.holdfast.balance;

import dev.holdfast.balance.BalanceReading.Absent;
import dev.holdfast.balance.BalanceReading.Forward;
import dev.holdfast.balance.BalanceReading.Malformed;
import dev.holdfast.balance.BalanceReading.Refuse;
import dev.holdfast.balance.BalanceReading.Unreadable;
import dev.holdfast.config.Printable;
import dev.holdfast.config.UpstreamAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the balance file; the one place that knows what its content means. */
record BalanceFile(Path file) implements Disk {
    private static final int MOST_BYTES = 8 * 1024;
    private static final Pattern REFUSE = Pattern.compile("refuse(?:\\s+(?<message>.*))?", Pattern.DOTALL);

    @Override
    public WatchService newWatchService() throws IOException {
        return file.getFileSystem().newWatchService();
    }

    /**
     * A dangling symlink, a missing directory and a path that leads through a file are an absent file; with every other
     * trouble it cannot be read. Pipes and devices are not read, since that could block.
     */
    @Override
    public Look look() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                return Look.at(
                        new Unreadable(attributes.isDirectory() ? "it is a directory" : "it is no regular file"));
            }
            try (InputStream content = Files.newInputStream(file)) {
                BalanceReading reading = parse(content.readNBytes(MOST_BYTES + 1));
                return new Look(reading, attributes.size(), attributes.lastModifiedTime());
            }
        } catch (NoSuchFileException e) {
            return Look.at(new Absent());
        } catch (IOException e) {
            return Look.at(leadsThroughAFile() ? new Absent() : new Unreadable(Printable.reason(e)));
        }
    }

    /** What Java 25 reports as "no such file" is any other error to Java 17. */
    private boolean leadsThroughAFile() {
        Path existing = file.getParent();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing != null && Files.isRegularFile(existing);
    }

    static BalanceReading parse(byte[] content) {
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
