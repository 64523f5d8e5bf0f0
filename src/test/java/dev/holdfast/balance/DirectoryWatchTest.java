package dev.holdfast.balance;

import static dev.holdfast.balance.BalanceSite.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events come in the order in which things happened: when the last one woke us, those before have been dealt with. */
class DirectoryWatchTest {
    @TempDir
    Path directory;

    private final AtomicInteger wakes = new AtomicInteger();
    private Path file;
    private DirectoryWatch watch;

    @BeforeEach
    void watch() throws IOException {
        file = directory.resolve("balance");
        Files.createFile(directory.resolve("site.log"));
        watch = new DirectoryWatch(file, "holdfast-watch-test", wakes::incrementAndGet, new Complaint("test"));
        watch.renew(new BalanceFile(file));
    }

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void isNotWokenByOurOwnMarker() throws IOException {
        Path draft = Files.writeString(directory.resolve("balance.drained.new"), "{}");
        Path marker = Files.move(draft, directory.resolve("balance.drained"), StandardCopyOption.ATOMIC_MOVE);
        Files.delete(marker);

        assertOneWakeFor(() -> Files.createFile(file));
    }

    @Test
    void isNotWokenByWhatIsWrittenIntoOtherFiles() throws IOException {
        for (int line = 0; line < 100; line++) {
            Files.writeString(directory.resolve("site.log"), "a line\n", StandardOpenOption.APPEND);
        }

        assertOneWakeFor(() -> Files.createFile(file));
    }

    @Test
    void isWokenByAnotherNameThatOursMayLeadThrough() throws IOException {
        assertOneWakeFor(() -> Files.createSymbolicLink(directory.resolve("..data"), directory));
    }

    @Test
    void isWokenWhenTheDirectoryIsDeleted() throws IOException {
        Files.delete(directory.resolve("site.log"));
        await().until(() -> wakes.get() == 1);

        Files.delete(directory);

        await().until(() -> wakes.get() > 1);
    }

    /** It ends later than the web application, once stopped, and Tomcat warned of a leak. */
    @Test
    void theJdksThreadIsNotTakenForOneOfTheWebApplication() throws IOException {
        Thread current = Thread.currentThread();
        ClassLoader before = current.getContextClassLoader();
        try (URLClassLoader webapp = new URLClassLoader(new URL[0])) {
            current.setContextClassLoader(webapp);
            WatchService service = new BalanceFile(file).newWatchService();
            assertEquals(webapp, current.getContextClassLoader());
            assertEquals(
                    List.of(current),
                    Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getContextClassLoader() == webapp)
                            .toList());
            service.close();
        } finally {
            current.setContextClassLoader(before);
        }
    }

    private interface Happening {
        void happen() throws IOException;
    }

    private void assertOneWakeFor(Happening last) throws IOException {
        last.happen();
        await().until(() -> wakes.get() > 0);

        assertEquals(1, wakes.get());
    }
}
