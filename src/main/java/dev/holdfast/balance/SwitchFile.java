package dev.holdfast.balance;

import dev.holdfast.config.UpstreamAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The balance file, as the operator moves it by command, page or JMX. Each change is one rename, so that nothing is ever seen half written.
 * What it said, and so where requests go, is kept beside it, as {@code <balance file>.held}, and comes back at the release.
 *
 * @param file absolute
 */
public record SwitchFile(Path file) {
    private static final int MOST_BYTES = 8 * 1024; // what Holdfast reads

    /** What the file says, as far as the commands must know. */
    public enum Says {
        NOTHING_BECAUSE_ABSENT,
        FORWARD,
        /** A refusal, or what Holdfast does not understand: it is closed in both cases. */
        ELSE
    }

    public Says says() throws IOException {
        Optional<String> content = read(file);
        if (content.isEmpty()) {
            return Says.NOTHING_BECAUSE_ABSENT;
        }
        return isForward(content.get()) ? Says.FORWARD : Says.ELSE;
    }

    /** Returns what was done, to be told. */
    public String hold() throws IOException {
        switch (says()) {
            case NOTHING_BECAUSE_ABSENT -> {
                return file + " was absent already";
            }
            case FORWARD -> {
                try {
                    rename(file, held());
                } catch (NoSuchFileException anotherHoldWasFaster) {
                    return file + " was absent already";
                }
            }
            case ELSE -> Files.deleteIfExists(file);
        }
        return file + " is removed";
    }

    /** Returns what was done, to be told. */
    public String releaseTo(UpstreamAddress upstream) throws IOException {
        write(file, upstream + "\n");
        Files.deleteIfExists(held());
        return file + " says: forward to " + upstream;
    }

    /**
     * Lets requests go where they went before. Returns what was done, to be told.
     *
     * @param forwardedTo what Holdfast saw the file say last, when it forwarded; null when that is not known
     * @throws IOException also if that is not what was set aside, so that nobody can tell what is meant
     */
    public String release(String forwardedTo) throws IOException {
        if (says() == Says.FORWARD) {
            return file + " was there already, and says: forward to "
                    + upstream(read(file).orElse(""));
        }
        Optional<String> setAside = read(held()).filter(SwitchFile::isForward);
        if (setAside.isPresent()
                && forwardedTo != null
                && !upstream(setAside.get()).equals(upstream(forwardedTo))) {
            throw new IOException("requests went to " + upstream(forwardedTo) + " before they were held, but " + held()
                    + " says " + upstream(setAside.get()) + "; say which is right with --to, or touch " + file);
        }
        if (setAside.isPresent()) {
            try {
                rename(held(), file);
            } catch (NoSuchFileException anotherReleaseWasFaster) {
                // It has put the same back.
            }
        } else {
            write(file, forwardedTo == null || forwardedTo.isEmpty() ? "" : forwardedTo + "\n");
        }
        return file + " says: forward to " + upstream(read(file).orElse(""));
    }

    /** Returns what was done, to be told. */
    public String refuse(String message) throws IOException {
        String content = "refuse " + message.strip() + "\n";
        if (content.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            throw new IOException("the message is longer than " + MOST_BYTES + " bytes");
        }
        Optional<String> before = read(file).filter(SwitchFile::isForward);
        if (before.isPresent()) {
            write(held(), before.get());
        }
        write(file, content);
        return file + " says: refuse";
    }

    public Path status() {
        return sibling(".status");
    }

    private Path held() {
        return sibling(".held");
    }

    private Path sibling(String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    /** Not through a temporary file of the JDK's, which nobody else could read. */
    private void write(Path target, String content) throws IOException {
        Path draft = sibling(".draft");
        Files.deleteIfExists(draft);
        Files.writeString(draft, content);
        rename(draft, target);
    }

    private static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Empty when there is no such file. */
    public static Optional<String> read(Path file) throws IOException {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    private static boolean isForward(String content) {
        try {
            return content.isBlank() || UpstreamAddress.parse(content.strip()) != null;
        } catch (IllegalArgumentException somethingElse) {
            return false;
        }
    }

    /** Of a content that forwards. */
    private static String upstream(String content) {
        return content.isBlank()
                ? "the configured upstream"
                : UpstreamAddress.parse(content.strip()).toString();
    }
}
