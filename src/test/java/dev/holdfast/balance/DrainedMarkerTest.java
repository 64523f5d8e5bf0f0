package dev.holdfast.balance;

import static dev.holdfast.balance.BalanceSite.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.balance.BalanceReading.Absent;
import dev.holdfast.balance.BalanceReading.Forward;
import dev.holdfast.balance.BalanceReading.Unreadable;
import dev.holdfast.gate.Passage;
import dev.holdfast.gate.Reason;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainedMarkerTest {
    private static final Forward CONFIGURED = new Forward(Optional.empty());

    @TempDir
    Path directory;

    private BalanceSite site;

    @BeforeEach
    void makeSite() {
        site = new BalanceSite(directory);
        site.pollInterval = Duration.ofMillis(20);
    }

    @AfterEach
    void closeSite() {
        site.close();
    }

    @Test
    void isOneLineOfJsonThatAppearsWhenTheLastRequestHasEnded() throws IOException {
        site.touch();
        site.start();
        Passage inFlight = site.gate.tryPass(site.gate.now());
        assertNotNull(inFlight);
        site.remove();
        site.awaitShut();
        site.hold();
        site.awaitLook();
        assertFalse(site.isMarked());
        Instant before = Instant.now();

        inFlight.end();
        site.awaitMarker();

        Matcher json = Pattern.compile("\\{\"drained\":true,\"since\":\"(.+)\",\"held\":1,\"streams\":0}\n")
                .matcher(Files.readString(site.marker));
        assertTrue(json.matches());
        Instant since = Instant.parse(json.group(1));
        assertFalse(since.isBefore(before) || since.isAfter(Instant.now()), since.toString());
        // Whatever else it was written by way of is gone; the status file may just be replaced.
        await().until(() -> names().equals(List.of("balance.drained", "balance.status")));
    }

    @Test
    void appearsByTheDrainItselfWithoutAPoll() throws IOException {
        site.pollInterval = BalanceSite.NEVER;
        site.touch();
        site.start();
        Passage inFlight = site.gate.tryPass(site.gate.now());
        site.remove();
        site.awaitShut();

        inFlight.end();

        site.awaitMarker();
    }

    @Test
    void isThereForARefusalAndForAMalformedFileToo() throws IOException {
        site.write("refuse");
        site.start();
        site.awaitMarker();

        site.touch();
        site.awaitOpen();
        await().until(() -> !site.isMarked());
        site.write("on");

        site.awaitMarker();
    }

    @Test
    void isGoneWhenTheGateOpens() throws IOException {
        site.start();
        site.awaitMarker();

        site.touch();
        site.awaitOpen();

        assertFalse(site.isMarked());
    }

    @Test
    void doesNotAppearWhereTheFileComesBackDuringTheDrain() throws IOException {
        site.touch();
        site.start();
        Passage inFlight = site.gate.tryPass(site.gate.now());
        site.remove();
        site.awaitShut();

        site.touch();
        site.awaitOpen();
        inFlight.end();
        site.awaitLook();

        assertFalse(site.isMarked());
    }

    @Test
    void doesNotAppearWhereOnlyAnotherReasonClosesTheGate() throws IOException {
        site.touch();
        site.start();

        site.gate.close(Reason.UPSTREAM, "down");
        site.awaitLook();
        assertTrue(site.gate.isDrained());
        assertFalse(site.isMarked());
        site.remove();
        site.awaitMarker();
        site.touch();
        site.awaitReading(CONFIGURED);

        assertTrue(site.gate.isDrained());
        assertFalse(site.isMarked());
    }

    @Test
    void doesNotAppearWhereItIsUnknownWhetherTheFileIsThere() {
        site.disk = real -> new BalanceSite.Wrapped(real) {
            @Override
            public Look look() {
                return Look.at(new Unreadable("permission denied"));
            }
        };
        site.start();
        site.awaitLook();

        assertTrue(site.gate.isDrained());
        assertFalse(site.isMarked());
    }

    @Test
    void ofACrashIsRemovedBeforeTheGateOpens() throws IOException {
        AtomicBoolean markedAtLook = new AtomicBoolean();
        Files.writeString(site.marker, "left behind");
        site.touch();
        site.disk = real -> new BalanceSite.Wrapped(real) {
            @Override
            public Look look() {
                markedAtLook.compareAndSet(false, site.isMarked());
                return real.look();
            }
        };

        site.start();

        assertTrue(site.isOpen());
        assertFalse(site.isMarked());
        assertFalse(markedAtLook.get());
    }

    @Test
    void ofACrashIsReplacedWhereTheGateStaysShut() throws IOException {
        Files.writeString(site.marker, "left behind");

        site.start();
        site.awaitMarker();

        assertTrue(Files.readString(site.marker).startsWith("{\"drained\":true,"));
    }

    @Test
    void isWrittenAgainWhenSomebodyRemovesIt() throws IOException {
        site.start();
        site.awaitMarker();

        Files.delete(site.marker);

        site.awaitMarker();
    }

    @Test
    void isRemovedAtTheStopWhileTheGateStaysShut() {
        site.start();
        site.awaitMarker();

        site.stop();

        assertFalse(site.isMarked());
        assertFalse(site.isOpen());
    }

    @Test
    void thatCannotBeWrittenIsSaidOnceAndChangesNothingElse() throws IOException {
        Path inTheWay = Files.createDirectories(directory.resolve("balance.drained.new/x"));
        site.start();
        site.awaitLook();
        site.awaitLook();

        assertEquals(
                1,
                site.log.at(Level.WARNING, site.marker + " cannot be written").size());
        assertFalse(site.isOpen());
        assertFalse(site.isMarked());
        site.touch();
        site.awaitOpen();
        Files.delete(inTheWay);
        site.remove();
        site.awaitMarker();
    }

    @Test
    void thatCannotBeRemovedKeepsTheGateShutUntilItIsGone() throws IOException {
        site.start();
        site.awaitMarker();
        Path inTheWay = site.marker.resolve("x");
        // The marker that was deleted may be back before something else is in its place.
        await().ignoreExceptionsInstanceOf(FileSystemException.class).until(() -> {
            Files.deleteIfExists(site.marker);
            return Files.isDirectory(Files.createDirectories(inTheWay));
        });

        site.touch();
        await().until(() ->
                !site.log.at(Level.WARNING, site.marker + " cannot be removed").isEmpty());
        site.awaitLook();
        assertFalse(site.isOpen());
        Files.delete(inTheWay);

        site.awaitOpen();
        assertFalse(site.isMarked());
    }

    /** T1 is the balance thread, T2 the script; see BalanceSwitch.move. The looks at the file are where they meet. */
    @Nested
    class AtTheEndOfAHold {
        private final AtomicInteger forwards = new AtomicInteger();

        @BeforeEach
        void settleAtOnce() {
            site.settle = Duration.ZERO;
        }

        @Test
        void cannotBeSeenByAScriptWhoseGateThenOpens() throws IOException {
            AtomicBoolean seen = new AtomicBoolean();
            afterForward(1, () -> {
                removeFile();
                seen.set(site.isMarked());
            });
            site.start();
            site.awaitMarker();

            site.touch();
            await().until(() -> forwards.get() > 0);
            site.awaitLook();

            assertTrue(seen.get());
            assertEquals(new Absent(), site.snapshot().reading());
            assertEquals(List.of(), site.upstreams);
            assertFalse(site.isOpen());
            site.awaitMarker();
        }

        @Test
        void isGoneForAScriptThatComesLaterUntilTheGateIsShutAgain() throws IOException {
            AtomicBoolean seen = new AtomicBoolean(true);
            afterForward(2, () -> {
                removeFile();
                seen.set(site.isMarked());
            });
            site.start();
            site.awaitMarker();

            site.touch();
            await().until(() -> forwards.get() > 1);
            site.awaitMarker();

            assertFalse(seen.get());
            assertEquals(1, site.upstreams.size());
            assertFalse(site.isOpen());
        }

        private void afterForward(int number, Runnable action) {
            site.disk = real -> new BalanceSite.Wrapped(real) {
                @Override
                public Look look() {
                    Look look = real.look();
                    if (look.reading() instanceof Forward && forwards.incrementAndGet() == number) {
                        action.run();
                    }
                    return look;
                }
            };
        }

        private void removeFile() {
            try {
                site.remove();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Many short upgrades, with the rm at every moment of the release before, while requests never stop to come. */
    @Test
    void isNeverSeenAfterTheRmUnlessNothingPassesBeforeTheNextTouch() throws Exception {
        site.pollInterval = Duration.ofMillis(3);
        AtomicBoolean upgrading = new AtomicBoolean();
        AtomicInteger passed = new AtomicInteger();
        AtomicInteger passedInUpgrade = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        Thread requests = new Thread(() -> {
            while (!over.get()) {
                Passage passage = site.gate.tryPass(site.gate.now());
                if (passage == null) {
                    Thread.onSpinWait();
                    continue;
                }
                passed.incrementAndGet();
                spin(20_000, upgrading::get);
                if (upgrading.get()) {
                    passedInUpgrade.incrementAndGet();
                }
                passage.end();
            }
        });
        site.start();
        requests.start();
        try {
            for (int upgrade = 0; upgrade < 300; upgrade++) {
                site.touch();
                spin(ThreadLocalRandom.current().nextInt(9_000_000), () -> false);
                site.remove();
                assertTrue(spin(5_000_000_000L, site::isMarked), "no marker in upgrade " + upgrade);
                upgrading.set(true);
                assertFalse(spin(1_000_000, site::isOpen), "open in upgrade " + upgrade);
                upgrading.set(false);
            }
        } finally {
            over.set(true);
            requests.join();
        }
        assertEquals(0, passedInUpgrade.get());
        assertTrue(passed.get() > 0);
    }

    /** Returns whether the condition became true in time. */
    private static boolean spin(long nanos, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start >= nanos) {
                return false;
            }
            Thread.onSpinWait();
        }
        return true;
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }
}
