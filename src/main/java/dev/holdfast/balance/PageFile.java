package dev.holdfast.balance;

import dev.holdfast.config.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * The file {@code <balance file>.html}: the operator's page. Read anew where it has changed. Confined to the balance thread, but
 * for {@link #text}.
 */
final class PageFile {
    /** Each of thousands may get it at the same time. */
    static final int MOST_BYTES = 64 * 1024;

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final Path path;
    private final Complaint complaint;
    private State read; // null while there is no text
    private volatile Optional<String> text = Optional.empty();

    PageFile(Path balanceFile, Complaint complaint) {
        this.path = balanceFile.resolveSibling(balanceFile.getFileName() + ".html");
        this.complaint = complaint;
    }

    /** Empty where there is no such file, or none that can be shown. Any thread. */
    Optional<String> text() {
        return text;
    }

    void renew() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            State now = new State(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
            if (!now.equals(read)) {
                text = Optional.of(read(attributes));
                read = now;
            }
            complaint.over("page " + path + " is shown now");
        } catch (NoSuchFileException e) {
            none();
            complaint.over("page " + path + " is gone, ours is shown");
        } catch (IOException e) {
            none();
            complaint.say("page " + path + " cannot be used, ours is shown: " + Printable.reason(e));
        }
    }

    private void none() {
        read = null;
        text = Optional.empty();
    }

    /** No pipes and devices, since that could block. */
    private String read(BasicFileAttributes attributes) throws IOException {
        if (!attributes.isRegularFile()) {
            throw unusable("it is no regular file");
        }
        try (InputStream content = Files.newInputStream(path)) {
            byte[] bytes = content.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw unusable("it is longer than " + MOST_BYTES + " bytes");
            }
            String page = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return page.startsWith(BYTE_ORDER_MARK) ? page.substring(1) : page;
        } catch (CharacterCodingException e) {
            throw unusable("it is not UTF-8 text");
        }
    }

    private FileSystemException unusable(String why) {
        return new FileSystemException(path.toString(), null, why);
    }

    private record State(Object fileKey, long size, FileTime modified) {}
}
