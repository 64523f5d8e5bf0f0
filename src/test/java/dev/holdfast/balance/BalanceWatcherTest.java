package dev.holdfast.balance;

import static dev.holdfast.balance.BalanceSite.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.balance.BalanceReading.Absent;
import dev.holdfast.balance.BalanceReading.Forward;
import dev.holdfast.balance.BalanceReading.Malformed;
import dev.holdfast.balance.BalanceReading.Unreadable;
import dev.holdfast.config.BalanceSettings;
import dev.holdfast.config.UpstreamAddress;
import dev.holdfast.gate.Closure;
import dev.holdfast.gate.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BalanceWatcherTest {
    private static final Optional<UpstreamAddress> CONFIGURED = Optional.empty();
    private static final Optional<UpstreamAddress> BLUE = Optional.of(new UpstreamAddress(false, "10.0.0.7", 2000));
    private static final Optional<UpstreamAddress> GREEN = Optional.of(new UpstreamAddress(true, "green.example", 443));

    @TempDir
    Path directory;

    private BalanceSite site;

    @BeforeEach
    void makeSite() {
        site = new BalanceSite(directory);
    }

    @AfterEach
    void closeSite() {
        site.close();
    }

    @Nested
    class AtStart {
        @Test
        void isOpenWhenStartReturnsWhereTheFileIsThere() throws IOException {
            site.write("http://10.0.0.7:2000\n");

            site.start();

            assertTrue(site.isOpen());
            assertEquals(List.of(BLUE), site.upstreams);
        }

        @Test
        void isShutWhenStartReturnsWhereTheFileIsAbsent() {
            site.start();

            assertFalse(site.isOpen());
            assertEquals(new Absent(), site.snapshot().reading());
            assertEquals(List.of(), site.upstreams);
        }

        @Test
        void namesTheAbsolutePathOfAnAbsentFile() {
            site.start();

            String detail = site.gate.snapshot().closures().get(0).detail();
            assertEquals("balance file " + site.file + " is absent", detail);
            assertEquals(List.of(site.name + ": " + detail), site.log.at(Level.WARNING, "absent"));
        }

        @Test
        void holdsWhereTheFileCannotBeRead() throws IOException {
            site.touch();
            site.disk = real -> new Unreliable(real, new Unreadable("Input/output error"));

            site.start();

            assertFalse(site.isOpen());
            assertEquals(new Unreadable("Input/output error"), site.snapshot().reading());
            assertTrue(site.snapshot().readError().contains("Input/output error; requests are still held"));
        }

        @Test
        void holdsWhereTheFileIsMalformed() throws IOException {
            site.write("on");

            site.start();

            assertFalse(site.isOpen());
            assertTrue(site.snapshot().reading() instanceof Malformed);
        }

        @Test
        void returnsWithTheGateShutWhereTheFileSystemHangs() throws IOException {
            CountDownLatch hanging = new CountDownLatch(1);
            site.touch();
            site.patience = Duration.ofMillis(50);
            site.disk = real -> new BalanceSite.Wrapped(real) {
                @Override
                public Look look() {
                    try {
                        hanging.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return real.look();
                }
            };

            site.start();

            assertFalse(site.isOpen());
            assertEquals(
                    "it has not been read yet", ((Unreadable) site.snapshot().reading()).why());
            hanging.countDown();
            site.awaitOpen();
        }

        @Test
        void knowsADirectoryThatIsThereLater() throws IOException {
            site.close();
            site = new BalanceSite(directory.resolve("later/on"));
            site.pollInterval = Duration.ofMillis(20);
            site.start();
            assertFalse(site.isOpen());

            Files.createDirectories(site.file.getParent());
            site.touch();

            site.awaitOpen();
        }
    }

    /** The poll comes so seldom that the watch alone can be the cause. */
    @Nested
    class WithTheWatch {
        @BeforeEach
        void withoutPoll() {
            site.pollInterval = BalanceSite.NEVER;
        }

        @Test
        void opensWhenTheFileIsCreatedAndShutsWhenItIsDeleted() throws IOException {
            site.start();

            site.touch();
            site.awaitOpen();
            site.remove();
            site.awaitShut();
            site.touch();
            site.awaitOpen();

            assertEquals(List.of(CONFIGURED, CONFIGURED), site.upstreams);
        }

        @Test
        void followsAFileThatIsRenamedOver() throws IOException {
            site.write("http://10.0.0.7:2000");
            site.start();

            moveOver("https://green.example");
            await().until(() -> site.upstreams.size() == 2);

            assertEquals(List.of(BLUE, GREEN), site.upstreams);
            assertTrue(site.isOpen());
        }

        @Test
        void opensForAFileThatIsRenamedIntoPlaceAndShutsWhenItIsRenamedAway() throws IOException {
            site.start();

            moveOver("https://green.example");
            site.awaitOpen();
            Files.move(site.file, directory.resolve("away"));
            site.awaitShut();

            assertEquals(List.of(GREEN), site.upstreams);
        }

        @Test
        void followsAnAddressThatIsRewrittenWhileOpen() throws IOException {
            site.write("http://10.0.0.7:2000");
            site.start();

            site.write("https://green.example");
            await().until(() -> site.upstreams.size() == 2);

            assertEquals(List.of(BLUE, GREEN), site.upstreams);
        }

        @Test
        void followsASymlinkThatIsSwitched() throws IOException {
            Files.writeString(directory.resolve("blue"), "http://10.0.0.7:2000");
            Files.writeString(directory.resolve("green"), "https://green.example");
            Files.createSymbolicLink(site.file, directory.resolve("blue"));
            site.start();

            Files.createSymbolicLink(directory.resolve("next"), directory.resolve("green"));
            Files.move(directory.resolve("next"), site.file, StandardCopyOption.ATOMIC_MOVE);
            await().until(() -> site.upstreams.size() == 2);

            assertEquals(List.of(BLUE, GREEN), site.upstreams);
        }

        @Test
        void followsADirectoryThatIsSwitchedAsKubernetesDoes() throws IOException {
            Files.writeString(
                    Files.createDirectory(directory.resolve("..1")).resolve("balance"), "http://10.0.0.7:2000");
            Files.writeString(
                    Files.createDirectory(directory.resolve("..2")).resolve("balance"), "https://green.example");
            Files.createSymbolicLink(directory.resolve("..data"), Path.of("..1"));
            Files.createSymbolicLink(site.file, Path.of("..data/balance"));
            site.start();

            Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..2"));
            Files.move(directory.resolve("..data_tmp"), directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
            await().until(() -> site.upstreams.size() == 2);

            assertEquals(List.of(BLUE, GREEN), site.upstreams);
        }

        @Test
        void shutsWhenTheDirectoryIsDeletedAndWatchesTheOneMadeAgain() throws IOException {
            site.close();
            Path inner = Files.createDirectory(directory.resolve("inner"));
            site = new BalanceSite(inner);
            site.pollInterval = BalanceSite.NEVER;
            site.touch();
            site.start();

            deleteWithAllIn(inner);
            site.awaitShut();
            await().until(() ->
                    !site.log.at(Level.WARNING, inner + " cannot be watched").isEmpty());
            Files.createDirectory(inner);
            site.awaitLook();
            assertEquals(1, site.log.at(Level.INFO, inner + " is watched now").size());
            site.touch();

            site.awaitOpen();
        }

        @Test
        void watchesTheDirectoryThatASymlinkIsSwitchedTo() throws IOException {
            site.close();
            Path one = Files.createDirectory(directory.resolve("one"));
            Path two = Files.createDirectory(directory.resolve("two"));
            Path current = Files.createSymbolicLink(directory.resolve("current"), one);
            site = new BalanceSite(current);
            site.pollInterval = BalanceSite.NEVER;
            Files.createFile(one.resolve("balance"));
            site.start();
            assertTrue(site.isOpen());

            Files.createSymbolicLink(directory.resolve("next"), two);
            Files.move(directory.resolve("next"), current, StandardCopyOption.ATOMIC_MOVE);
            site.awaitLook();
            assertFalse(site.isOpen());
            Files.createFile(two.resolve("balance"));

            site.awaitOpen();
        }
    }

    @Nested
    class WithThePollAlone {
        @BeforeEach
        void withoutWatch() {
            site.watch = false;
            site.pollInterval = Duration.ofMillis(20);
        }

        @Test
        void followsTheFile() throws IOException {
            site.start();

            site.touch();
            site.awaitOpen();
            site.remove();
            site.awaitShut();
        }

        @Test
        void hasNoWatchThread() {
            site.start();

            assertEquals(List.of("holdfast-balance-" + site.name), threadsOf(site));
        }

        @Test
        void followsADirectoryThatIsDeletedAndMadeAgain() throws IOException {
            site.close();
            Path inner = Files.createDirectory(directory.resolve("inner"));
            site = new BalanceSite(inner);
            site.watch = false;
            site.pollInterval = Duration.ofMillis(20);
            site.touch();
            site.start();

            deleteWithAllIn(inner);
            site.awaitShut();
            Files.createDirectory(inner);
            site.touch();

            site.awaitOpen();
        }
    }

    @Nested
    class WithoutAWatchService {
        private final AtomicBoolean refused = new AtomicBoolean(true);

        @BeforeEach
        void refuseIt() {
            site.pollInterval = Duration.ofMillis(20);
            site.disk = real -> new BalanceSite.Wrapped(real) {
                @Override
                public WatchService newWatchService() throws IOException {
                    if (refused.get()) {
                        throw new IOException("User limit of inotify instances reached");
                    }
                    return real.newWatchService();
                }
            };
        }

        @Test
        void pollsAndSaysSoOnce() throws IOException {
            site.start();

            site.touch();
            site.awaitOpen();
            site.remove();
            site.awaitShut();

            assertEquals(1, site.log.at(Level.WARNING, "cannot be watched").size());
        }

        @Test
        void watchesAsSoonAsThereIsOne() {
            site.start();
            assertEquals(List.of("holdfast-balance-" + site.name), threadsOf(site));

            refused.set(false);
            await().until(() -> threadsOf(site).size() == 2);

            assertEquals(
                    1, site.log.at(Level.INFO, directory + " is watched now").size());
        }
    }

    @Nested
    class WhatTheFileSays {
        @BeforeEach
        void poll() {
            site.pollInterval = Duration.ofMillis(20);
        }

        @Test
        void isNotBelievedWhileItIsWritten() throws IOException {
            site.settle = BalanceSite.NEVER;
            site.start();

            site.touch();
            site.awaitLook();
            assertFalse(site.isOpen());
            site.write("http://10.0.0.7:20");
            site.awaitLook();
            assertFalse(site.isOpen());

            assertEquals(List.of(), site.upstreams);
        }

        @Test
        void isBelievedOnceItIsComplete() throws IOException {
            site.settle = Duration.ofSeconds(1);
            site.start();

            try (Writer writer = Files.newBufferedWriter(site.file)) {
                site.awaitLook();
                writer.write("http://10.");
                writer.flush();
                site.awaitLook();
                assertFalse(site.isOpen());
                writer.write("0.0.7:2000\n");
            }
            site.awaitOpen();

            assertEquals(List.of(BLUE), site.upstreams);
            assertEquals(List.of(), site.log.at(Level.WARNING, "malformed"));
        }

        @Test
        void doesNotMoveTheGateWhileItIsRewritten() throws IOException {
            site.settle = Duration.ofMillis(500);
            site.write("http://10.0.0.7:2000");
            site.start();

            site.write("");
            site.awaitLook();
            site.write("https://gr");
            site.awaitLook();
            site.write("https://green.example");
            await().until(() -> site.upstreams.size() > 1);

            assertEquals(List.of(BLUE, GREEN), site.upstreams);
            assertTrue(site.isOpen());
        }

        @Test
        void mayBeARefusal() throws IOException {
            site.touch();
            site.start();

            site.write("refuse We move house.\nBack on Monday.");
            site.awaitShut();

            Closure closure = site.gate.snapshot().closures().get(0);
            assertTrue(closure.refusing());
            assertEquals("We move house.\nBack on Monday.", closure.detail());
            assertEquals(List.of(), site.log.at(Level.INFO, "refuse"), "the gate says it");
        }

        @Test
        void holdsAgainWhenARefusalIsTakenAway() throws IOException {
            site.write("refuse");
            site.start();
            assertTrue(site.gate.snapshot().closures().get(0).refusing());

            site.remove();
            site.awaitReading(new Absent());

            assertFalse(site.gate.snapshot().closures().get(0).refusing());
        }

        @Test
        void isMalformedAndShutsTheOpenGateAndIsSaidOnce() throws IOException {
            site.touch();
            site.start();

            site.write("http:/10.0.0.7");
            site.awaitShut();
            site.awaitLook();

            String detail = site.gate.snapshot().closures().get(0).detail();
            assertTrue(detail.contains(site.file + " is malformed"), detail);
            assertTrue(detail.contains("http:/10.0.0.7"), detail);
            assertEquals(1, site.log.at(Level.WARNING, "is malformed").size());
        }

        @Test
        void isMalformedAndKeepsTheGateShut() throws IOException {
            site.start();

            site.write("on");
            await().until(() -> site.snapshot().reading() instanceof Malformed);

            assertFalse(site.isOpen());
            assertEquals(List.of(), site.upstreams);
            site.touch();
            site.awaitOpen();
        }

        @Test
        void isPassedOnBeforeTheGateOpens() throws IOException {
            AtomicBoolean openAtSwitch = new AtomicBoolean();
            BalanceWatcher watcher = new BalanceWatcher(
                    site.name,
                    new BalanceSettings(site.file, site.pollInterval, true),
                    site.configured,
                    site.gate,
                    upstream -> openAtSwitch.set(site.isOpen()));
            site.touch();
            try {
                watcher.start();

                assertTrue(site.isOpen());
                assertFalse(openAtSwitch.get());
            } finally {
                watcher.stop();
            }
        }

        @Test
        void doesNotOpenTheGateWhereTheUpstreamCannotBeSwitchedAndIsTriedAgain() throws IOException {
            AtomicBoolean broken = new AtomicBoolean(true);
            BalanceWatcher watcher = new BalanceWatcher(
                    site.name,
                    new BalanceSettings(site.file, site.pollInterval, true),
                    site.configured,
                    site.gate,
                    upstream -> {
                        if (broken.get()) {
                            throw new IllegalStateException("no such upstream");
                        }
                    },
                    new BalanceFile(site.file),
                    new BalanceWatcher.Timing(Duration.ofMillis(5), Duration.ofSeconds(30), Duration.ofMillis(100)));
            site.touch();
            try {
                watcher.start();
                await().until(() ->
                        !site.log.at(Level.WARNING, "no such upstream").isEmpty());
                assertFalse(site.isOpen());

                broken.set(false);
                site.awaitOpen();

                assertEquals(1, site.log.at(Level.WARNING, "no such upstream").size());
            } finally {
                watcher.stop();
            }
        }

        @Test
        void opensNothingThatAnotherReasonCloses() throws IOException {
            site.start();
            site.gate.close(Reason.UPSTREAM, "down");

            site.touch();
            site.awaitReading(new Forward(CONFIGURED));

            assertFalse(site.isOpen());
            assertEquals(
                    List.of(Reason.UPSTREAM),
                    site.gate.snapshot().closures().stream()
                            .map(Closure::reason)
                            .toList());
        }
    }

    @Nested
    class WhenTheFileCannotBeRead {
        private Unreliable disk;

        @BeforeEach
        void unreliable() {
            site.pollInterval = Duration.ofMillis(20);
            site.disk = real -> disk = new Unreliable(real, null);
        }

        @Test
        void staysOpenAndSaysSoOnce() throws IOException {
            site.touch();
            site.start();

            disk.fails(new Unreadable("permission denied"));
            await().until(() -> !site.snapshot().readError().isEmpty());
            site.awaitLook();

            assertTrue(site.isOpen());
            assertEquals(new Forward(CONFIGURED), site.snapshot().reading());
            assertEquals(
                    List.of(site.name + ": balance file " + site.file
                            + " cannot be read: permission denied; requests are still forwarded"),
                    site.log.at(Level.WARNING, ""));
        }

        @Test
        void staysShut() throws IOException {
            site.start();

            disk.fails(new Unreadable("permission denied"));
            site.touch();
            await().until(() -> !site.snapshot().readError().isEmpty());
            site.awaitLook();

            assertFalse(site.isOpen());
            assertEquals(new Absent(), site.snapshot().reading());
            assertTrue(site.isMarked());
        }

        @Test
        void followsItAgainWhenItCanBe() throws IOException {
            site.start();
            disk.fails(new Unreadable("permission denied"));
            await().until(() -> !site.snapshot().readError().isEmpty());

            site.touch();
            disk.works();
            site.awaitOpen();

            assertEquals("", site.snapshot().readError());
            assertEquals(1, site.log.at(Level.INFO, "can be read again").size());
        }

        @Test
        void keepsPollingWhateverGoesWrong() throws IOException {
            site.start();
            disk.fails(new AssertionError("a defect"));
            await().until(() -> !site.log.at(Level.WARNING, "a defect").isEmpty());

            site.touch();
            disk.works();

            site.awaitOpen();
        }
    }

    @Test
    void remindsOfTheHoldWithTheAbsolutePathAndHowManyWait() throws IOException {
        site.pollInterval = Duration.ofMillis(10);
        site.reminder = Duration.ofMillis(30);
        site.start();
        site.hold();
        site.hold();

        String reminder = site.file + " is absent; 2 requests wait";
        await().until(() -> site.log.at(Level.WARNING, reminder).size() >= 2);
        site.touch();
        site.awaitOpen();
        site.awaitLook();

        int reminders = site.log.at(Level.WARNING, "wait").size();
        await().during(Duration.ofMillis(200))
                .until(() -> site.log.at(Level.WARNING, "wait").size() == reminders);
    }

    @Test
    void endsRightAfterAThousandFlips() throws Exception {
        site.start();
        ScheduledExecutorService flips = Executors.newSingleThreadScheduledExecutor();
        try {
            flip(flips, 1000);
            assertFalse(Files.exists(site.file));
            site.awaitShut();
            site.awaitMarker();
            site.awaitLook();
            assertFalse(site.isOpen());

            flip(flips, 1001);
            assertTrue(Files.exists(site.file));
            site.awaitOpen();
            site.awaitLook();
            assertTrue(site.isOpen());
            assertFalse(site.isMarked());
        } finally {
            flips.shutdownNow();
        }
    }

    @Test
    void endsBothThreadsAndOpensNothing() throws IOException {
        site.start();
        assertEquals(List.of("holdfast-balance-" + site.name, "holdfast-watch-" + site.name), threadsOf(site));

        site.stop();
        site.touch();
        site.stop();

        assertEquals(List.of(), threadsOf(site));
        assertFalse(site.isOpen());
        site.gate.close(Reason.STOPPING, "tells the stopped watcher that the gate is drained");
        assertFalse(site.isMarked());
    }

    @Test
    void opensNothingAfterTheStopThoughTheFileWasAboutToSettle() throws IOException {
        site.watch = false;
        site.settle = Duration.ofSeconds(1);
        site.start();
        site.touch();
        site.awaitLook();

        site.stop();

        assertEquals(List.of(), threadsOf(site));
        assertFalse(site.isOpen());
        assertFalse(site.isMarked());
    }

    /** One flip each 2 ms; with an even number the file ends as it began. */
    private void flip(ScheduledExecutorService thread, int times) throws Exception {
        CountDownLatch left = new CountDownLatch(times);
        var flipping = thread.scheduleAtFixedRate(
                () -> {
                    if (left.getCount() > 0) {
                        flip();
                        left.countDown();
                    }
                },
                0,
                2,
                TimeUnit.MILLISECONDS);
        assertTrue(left.await(30, TimeUnit.SECONDS), () -> "flips left: " + left.getCount());
        flipping.cancel(false);
    }

    private void flip() {
        try {
            if (!Files.deleteIfExists(site.file)) {
                site.touch();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void moveOver(String content) throws IOException {
        Path next = Files.writeString(directory.resolve("next"), content);
        Files.move(next, site.file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** More than once where the marker is written into it meanwhile. */
    private static void deleteWithAllIn(Path directory) {
        await().ignoreExceptions().until(() -> {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
            return true;
        });
    }

    private static List<String> threadsOf(BalanceSite site) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.endsWith("-" + site.name))
                .sorted()
                .toList();
    }

    /** A disk that gives this instead of what is on it, until it works. */
    private static final class Unreliable extends BalanceSite.Wrapped {
        private volatile Object failure; // null while it works

        Unreliable(Disk real, Unreadable failure) {
            super(real);
            this.failure = failure;
        }

        void fails(Unreadable reading) {
            failure = reading;
        }

        void fails(Error error) {
            failure = error;
        }

        void works() {
            failure = null;
        }

        @Override
        public Look look() {
            Object now = failure;
            if (now instanceof Error error) {
                throw error;
            }
            return now == null ? real.look() : Look.at((Unreadable) now);
        }
    }
}
