package dev.holdfast.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator's page is shown as it is now, or not at all. */
class PageFileTest {
    @TempDir
    Path directory;

    private Path file;
    private Complaint complaint;
    private PageFile page;

    @BeforeEach
    void make() {
        file = directory.resolve("balance.html");
        complaint = new Complaint("site");
        page = new PageFile(directory.resolve("balance"), complaint);
    }

    @Test
    void isNoneWhereThereIsNoFileAndNobodyComplains() {
        page.renew();
        assertEquals(Optional.empty(), page.text());
        assertEquals("", complaint.said());
    }

    @Test
    void isWhatTheFileSaysUntilItIsGone() throws IOException {
        Files.writeString(file, "\uFEFF<p>Käse");
        page.renew();
        assertEquals(Optional.of("<p>Käse"), page.text());

        Files.writeString(file, "<p>other");
        page.renew();
        assertEquals(Optional.of("<p>other"), page.text());

        Files.delete(file);
        page.renew();
        assertEquals(Optional.empty(), page.text());
    }

    @Test
    void mayBeAsLongAsTheLimitAndNoLonger() throws IOException {
        Files.writeString(file, "x".repeat(PageFile.MOST_BYTES));
        page.renew();
        assertEquals(PageFile.MOST_BYTES, page.text().orElseThrow().length());

        Files.writeString(file, "x".repeat(PageFile.MOST_BYTES + 1));
        page.renew();
        assertUnusable("it is longer than 65536 bytes");
    }

    @Test
    void isNoneWhereItIsNotUtf8AndIsBackWhenItIs() throws IOException {
        Files.write(file, new byte[] {(byte) 0xc3});
        page.renew();
        assertUnusable("it is not UTF-8 text");

        Files.writeString(file, "<p>");
        page.renew();
        assertEquals(Optional.of("<p>"), page.text());
        assertEquals("", complaint.said());
    }

    @Test
    void isNoneWhereItIsNoFile() throws IOException {
        Files.createDirectory(file);
        page.renew();
        assertUnusable("it is no regular file");
    }

    private void assertUnusable(String why) {
        assertEquals(Optional.empty(), page.text());
        assertTrue(complaint.said().endsWith("balance.html cannot be used, ours is shown: " + why), complaint.said());
    }
}
