package dev.holdfast.balance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.balance.BalanceReading.Absent;
import dev.holdfast.balance.BalanceReading.Forward;
import dev.holdfast.balance.BalanceReading.Malformed;
import dev.holdfast.balance.BalanceReading.Refuse;
import dev.holdfast.balance.BalanceReading.Unreadable;
import dev.holdfast.config.UpstreamAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BalanceFileTest {
    @Nested
    class Content {
        @ParameterizedTest
        @ValueSource(strings = {"", "\n", " \t\r\n \n"})
        void thatIsEmptyForwardsToTheConfiguredUpstream(String content) {
            assertEquals(new Forward(Optional.empty()), parse(content));
        }

        @ParameterizedTest
        @ValueSource(strings = {"http://10.0.0.7:2000", "http://10.0.0.7:2000\n", "\n  http://10.0.0.7:2000\r\n"})
        void thatIsAnAddressForwardsThere(String content) {
            assertEquals(new Forward(Optional.of(new UpstreamAddress(false, "10.0.0.7", 2000))), parse(content));
        }

        @Test
        void thatIsRefuseAloneHasAMessageOfOurs() {
            assertEquals(new Refuse(Refuse.DEFAULT_MESSAGE), parse("refuse\n"));
        }

        @Test
        void thatIsRefuseAndTextRefusesWithTheText() {
            assertEquals(new Refuse("Back on Monday, grüezi."), parse("refuse  Back on Monday, grüezi.\n"));
        }

        @Test
        void ofARefusalMayRunOverLines() {
            assertEquals(
                    new Refuse("We move house.\n\nBack on Monday."),
                    parse("refuse\nWe move house.\n\nBack on Monday.\n"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "refused",
                    "Refuse",
                    "on",
                    "http://",
                    "10.0.0.7:2000",
                    "ftp://10.0.0.7",
                    "http://a.example http://b.example"
                })
        void thatIsAnythingElseIsMalformedAndSaysWhatIsAllowed(String content) {
            Malformed malformed = assertInstanceOf(Malformed.class, parse(content));

            assertTrue(malformed.why().contains("refuse"), malformed.why());
            assertTrue(malformed.why().contains(content), malformed.why());
        }

        @Test
        void thatIsMalformedCannotForgeALogLine() {
            Malformed malformed = assertInstanceOf(Malformed.class, parse("up\nWARNING: all is lost\u001b[2J"));

            assertFalse(malformed.why().chars().anyMatch(Character::isISOControl), malformed.why());
        }

        @Test
        void thatIsNotUtf8IsMalformed() {
            assertEquals(
                    new Malformed("it is not UTF-8 text"), BalanceContent.parse(new byte[] {'r', (byte) 0xff, 'x'}));
        }

        @Test
        void mayBeAsLongAsTheLimitAndNoLonger() {
            String longest = "refuse " + "x".repeat(8 * 1024 - 7);

            assertEquals(new Refuse("x".repeat(8 * 1024 - 7)), parse(longest));
            assertEquals(new Malformed("it is longer than 8192 bytes"), parse(longest + "x"));
        }

        private BalanceReading parse(String content) {
            return BalanceContent.parse(content.getBytes(UTF_8));
        }
    }

    @Nested
    class OnDisk {
        @TempDir
        Path directory;

        private Path file;

        @BeforeEach
        void nameIt() {
            file = directory.resolve("balance");
        }

        @Test
        void isAbsentWhereThereIsNone() {
            assertEquals(new Absent(), reading());
        }

        @Test
        void isAbsentWhereItsDirectoryIs() {
            assertEquals(
                    new Absent(),
                    new BalanceFile(directory.resolve("no/such/balance")).look().reading());
        }

        @Test
        void isAbsentWhereASymlinkDangles() throws IOException {
            Files.createSymbolicLink(file, directory.resolve("nothing"));

            assertEquals(new Absent(), reading());
        }

        @ParameterizedTest
        @ValueSource(strings = {"balance", "no/such/balance"})
        void isAbsentWhereThePathLeadsThroughAFile(String below) throws IOException {
            Files.writeString(file, "");

            assertEquals(
                    new Absent(), new BalanceFile(file.resolve(below)).look().reading());
        }

        @Test
        void isReadThroughASymlink() throws IOException {
            Files.createSymbolicLink(file, Files.writeString(directory.resolve("real"), "refuse"));

            assertEquals(new Refuse(Refuse.DEFAULT_MESSAGE), reading());
        }

        @Test
        void cannotBeReadWhereItIsADirectory() throws IOException {
            Files.createDirectory(file);

            assertEquals(new Unreadable("it is a directory"), reading());
        }

        @Test
        void cannotBeReadWhereItIsADevice() throws IOException {
            Path device = Path.of("/dev/null");
            assumeTrue(Files.exists(device));
            Files.createSymbolicLink(file, device);

            assertEquals(new Unreadable("it is no regular file"), reading());
            Files.delete(file); // or the temporary directory warns of a link that leads out of it
        }

        @Test
        void cannotBeReadWhereSymlinksGoInACircle() throws IOException {
            Files.createSymbolicLink(file, file);

            assertInstanceOf(Unreadable.class, reading());
        }

        @Test
        void cannotBeReadWithoutPermission() throws IOException {
            Files.writeString(file, "");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
            assumeTrue(!Files.isReadable(file), "root may read everything; BalanceWatcherTest simulates it");

            assertEquals(new Unreadable("permission denied"), reading());
        }

        @Test
        void cannotBeReadWithoutPermissionForItsDirectory() throws IOException {
            Files.writeString(file, "");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("---------"));
            try {
                assumeTrue(!Files.isReadable(directory), "root may read everything; BalanceWatcherTest simulates it");

                assertEquals(new Unreadable("permission denied"), reading());
            } finally {
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            }
        }

        @Test
        void looksDifferentAfterEachWrite() throws IOException {
            BalanceFile balance = new BalanceFile(file);
            Files.writeString(file, " ");
            Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
            Disk.Look first = balance.look();

            Files.setLastModifiedTime(file, FileTime.fromMillis(2_000));
            Disk.Look touched = balance.look();
            Files.writeString(file, "  ");
            Files.setLastModifiedTime(file, FileTime.fromMillis(2_000));
            Disk.Look grown = balance.look();

            assertNotEquals(first, touched);
            assertNotEquals(touched, grown);
            assertEquals(grown, balance.look());
        }

        private BalanceReading reading() {
            return new BalanceFile(file).look().reading();
        }
    }
}
