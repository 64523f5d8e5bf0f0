package dev.holdfast.balance;

import static dev.holdfast.balance.BalanceSite.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.gate.Passage;
import dev.holdfast.gate.Reason;
import dev.holdfast.gate.Traveller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusFileTest {
    @TempDir
    Path directory;

    private BalanceSite site;

    private record Someone(String method, String target) implements Traveller {}

    @BeforeEach
    void makeSite() {
        site = new BalanceSite(directory);
        site.pollInterval = Duration.ofMillis(20);
    }

    @AfterEach
    void closeSite() {
        site.close();
    }

    private String status() {
        try {
            return Files.readString(site.status);
        } catch (IOException absent) {
            return "";
        }
    }

    private void awaitStatus(String... parts) {
        await().until(() -> {
            String now = status();
            for (String part : parts) {
                if (!now.contains(part)) {
                    return false;
                }
            }
            return true;
        });
    }

    private String value(String name) {
        Matcher found = Pattern.compile("\"" + name + "\":\"?([^\",]*)").matcher(status());
        assertTrue(found.find(), status());
        return found.group(1);
    }

    private Passage pass(String method, String target) {
        Passage passage = site.gate.tryPass(site.gate.now());
        passage.listAs(new Someone(method, target));
        return passage;
    }

    @Test
    void saysThatItIsOpenFromTheStart() throws IOException {
        site.touch();
        site.start();

        awaitStatus("\"state\":\"open\"", "\"drained\":false", "\"holds\":0,\"reasons\":[]", "\"lastRelease\":null");
        assertEquals("http://site.example:2000", value("upstream"));
        assertEquals(ProcessHandle.current().pid(), Long.parseLong(value("pid")));
        assertTrue(status().startsWith("{\"format\":1,") && status().endsWith("}\n"), status());
    }

    @Test
    void tellsADrainWithTheOldestInFlight() throws IOException {
        site.touch();
        site.start();
        Passage stuck = pass("GET", "/stuck?token=secret");
        Passage stream = pass("GET", "/events");
        stream.becomeStream();

        site.remove();
        awaitStatus(
                "\"state\":\"draining\"", "\"closedByFile\":true", "\"inFlight\":1,", "\"streams\":1,", "is absent");
        assertTrue(status().contains("[{\"method\":\"GET\",\"path\":\"/stuck\",\"ageMillis\":"), status());
        assertEquals("1", value("holds"));
        site.hold();
        awaitStatus("\"held\":1,");

        stuck.end();
        awaitStatus("\"state\":\"drained\"", "\"drained\":true", "\"inFlight\":0,\"oldestInFlight\":[]");
        assertTrue(site.isMarked());

        site.write("http://10.0.0.7:2000");
        awaitStatus("\"state\":\"open\"", "\"drained\":false", "\"held\":0,", "\"reasons\":[]");
        assertEquals("http://10.0.0.7:2000", value("upstream"));
        assertEquals("http://10.0.0.7:2000", value("forwardedTo"));
        assertFalse(Instant.parse(value("lastRelease")).isAfter(Instant.now()));
        stream.end();
    }

    @Test
    void tellsARefusalInOneLine() throws IOException {
        site.write("refuse closed\n\"until\" Monday");
        site.start();

        awaitStatus("\"state\":\"refusing\"", "\"drained\":true", "closed \\\"until\\\" Monday");
        assertEquals(1, status().lines().count());
    }

    @Test
    void aGateThatSomethingElseClosesIsNotDrained() throws IOException {
        site.touch();
        site.start();

        site.gate.close(Reason.UPSTREAM, "the site refuses connections");
        awaitStatus("\"state\":\"holding\"", "\"drained\":false", "\"closedByFile\":false", "refuses connections");

        site.gate.open(Reason.UPSTREAM);
        awaitStatus("\"state\":\"open\"");
    }

    @Test
    void isWrittenEachSecondWhileClosedWhateverThePollInterval() throws IOException {
        site.pollInterval = BalanceSite.NEVER;
        site.start();
        awaitStatus("\"state\":\"drained\"");

        for (int i = 0; i < 2; i++) {
            String before = value("written");
            await().until(() -> !value("written").equals(before));
            Duration pause = Duration.between(Instant.parse(before), Instant.parse(value("written")));
            assertTrue(pause.toMillis() > 500, pause.toString());
        }
    }

    @Test
    void isLeftAloneWhileOpen() throws IOException {
        site.touch();
        site.start();
        awaitStatus("\"state\":\"open\"");
        String before = status();

        pass("GET", "/").end();
        for (int looks = 0; looks < 5; looks++) {
            Instant looked = site.snapshot().looked();
            await().until(() -> site.snapshot().looked().isAfter(looked));
        }

        assertEquals(before, status());
    }

    @Test
    void isWrittenAgainAtOnceWhereSomebodyTakesItAway() throws IOException {
        site.pollInterval = BalanceSite.NEVER;
        site.touch();
        site.start();
        awaitStatus("\"state\":\"open\"");

        for (int i = 0; i < 3; i++) {
            Files.delete(site.status);
            awaitStatus("\"state\":\"open\"");
        }
    }

    @Test
    void isWrittenAgainByThePollAlone() throws IOException {
        site.watch = false;
        site.touch();
        site.start();
        awaitStatus("\"state\":\"open\"");

        Files.delete(site.status);

        awaitStatus("\"state\":\"open\"");
    }

    @Test
    void saysThatItIsStopped() throws IOException {
        site.start();
        awaitStatus("\"state\":\"drained\"");

        site.stop();

        awaitStatus("\"state\":\"stopped\"", "\"drained\":false");
    }

    @Test
    void whereItCannotBeWrittenThatIsSaidOnceAndTheGateGoesOn() throws IOException {
        Files.createDirectories(site.status.resolve("in the way"));
        site.touch();
        site.start();
        assertTrue(site.isOpen());

        site.remove();
        site.awaitMarker();
        site.touch();
        site.awaitOpen();
        site.awaitLook();

        assertEquals(1, site.log.at(Level.WARNING, "cannot be written").size());
        Files.delete(site.status.resolve("in the way"));
        Files.delete(site.status);
        awaitStatus("\"state\":\"open\"");
    }

    /** What a deploy script may rely on: see {@link StatusKeeper}. */
    @Test
    void drainedIsNeverSaidOfTheHoldBefore() throws Exception {
        site.pollInterval = Duration.ofMillis(50);
        site.touch();
        site.start();
        AtomicBoolean end = new AtomicBoolean();
        Thread users = new Thread(() -> {
            while (!end.get()) {
                Passage passage = site.gate.tryPass(site.gate.now());
                if (passage != null) {
                    passage.end();
                }
            }
        });
        users.start();
        try {
            for (int i = 0; i < 200; i++) {
                Files.deleteIfExists(site.file);
                Files.deleteIfExists(site.status);
                awaitStatus("\"drained\":true");
                long passed = site.gate.snapshot().counts().passed();

                assertTrue(site.gate.isDrained());
                assertEquals(passed, site.gate.snapshot().counts().passed());

                site.touch(); // noticed or not before the next turn
                if (i % 3 != 0) {
                    site.awaitOpen();
                }
            }
        } finally {
            end.set(true);
            users.join();
        }
    }
}
