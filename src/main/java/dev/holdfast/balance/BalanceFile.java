package dev.holdfast.balance;

import dev.holdfast.balance.BalanceReading.Absent;
import dev.holdfast.balance.BalanceReading.Unreadable;
import dev.holdfast.config.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;

/** Reads the balance file. */
record BalanceFile(Path file) implements Disk {
    @Override
    public WatchService newWatchService() throws IOException {
        Thread current = Thread.currentThread();
        ClassLoader ours = current.getContextClassLoader();
        // The JDK's thread ends some time after the service is closed, and Tomcat would take it for a leak of ours.
        current.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try {
            return file.getFileSystem().newWatchService();
        } finally {
            current.setContextClassLoader(ours);
        }
    }

    /**
     * A dangling symlink, a missing directory and a path that leads through a file are an absent file; with every other
     * trouble it cannot be read. Pipes and devices are not read, since that could block.
     */
    @Override
    public Look look() {
        Look look = lookOnce();
        // Kubernetes swaps a symlink that the path leads through, and deletes what it led to: T1 reads the link,
        // T2 swaps and deletes, T1 finds nothing. The second time it finds what is there now.
        return look.reading() instanceof Absent ? lookOnce() : look;
    }

    private Look lookOnce() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                return Look.at(
                        new Unreadable(attributes.isDirectory() ? "it is a directory" : "it is no regular file"));
            }
            try (InputStream content = Files.newInputStream(file)) {
                BalanceReading reading = BalanceContent.parse(content.readNBytes(BalanceContent.MOST_BYTES + 1));
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
}
