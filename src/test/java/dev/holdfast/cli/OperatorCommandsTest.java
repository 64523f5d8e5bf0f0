package dev.holdfast.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.Json;
import dev.holdfast.config.UpstreamAddress;
import dev.holdfast.gate.Passage;
import dev.holdfast.gate.Reason;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands do to the files, and what they make of what Holdfast writes; with a real gate, in this JVM. */
class OperatorCommandsTest {
    @TempDir
    Path directory;

    private Path balance;
    private final List<WatchedGate> sites = new ArrayList<>();

    private record Ended(int exit, String out, String err) {}

    @BeforeEach
    void makeFile() throws IOException {
        balance = Files.createFile(directory.resolve("balance"));
    }

    @AfterEach
    void stop() {
        sites.forEach(WatchedGate::close);
    }

    private WatchedGate start(boolean watch) {
        WatchedGate site = new WatchedGate(balance.toAbsolutePath(), watch);
        sites.add(site);
        return site;
    }

    private WatchedGate start() {
        return start(true);
    }

    private Ended run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(Stream.concat(Stream.of(args), Stream.of("--balance-file", balance.toString()))
                        .toArray(String[]::new));
        return new Ended(exit, out.toString(), err.toString());
    }

    private CompletableFuture<Ended> begin(String... args) {
        return CompletableFuture.supplyAsync(() -> run(args));
    }

    private static Ended end(CompletableFuture<Ended> begun) throws Exception {
        return begun.get(30, TimeUnit.SECONDS);
    }

    private void assertExit(int exit, Ended ended) {
        assertEquals(exit, ended.exit(), ended.toString());
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Nested
    class Hold {
        @Test
        void isDrainedAtOnceWhereNothingIsInFlight() {
            WatchedGate site = start();

            Ended ended = run("hold", "--wait", "20s");

            assertExit(0, ended);
            assertTrue(site.gate.isDrained());
            assertTrue(ended.out().contains("balance is removed"), ended.out());
            assertTrue(ended.out().contains("0 in flight, 0 streams, 0 held"), ended.out());
            assertEquals("", ended.err());
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void waitsForTheLastInFlight(boolean watch) throws Exception {
            WatchedGate site = start(watch);
            Passage last = site.pass("GET", "/last");

            var waiting = begin("hold", "--wait", "20s");
            await().until(site.gate::isShut);
            assertFalse(waiting.isDone());
            last.end();

            assertExit(0, end(waiting));
        }

        @Test
        void saysWhoIsStuckWhenTheTimeIsOver() {
            WatchedGate site = start();
            Passage stuck = site.pass("PUT", "/stuck?token=secret");
            site.pass("GET", "/other");
            site.pass("GET", "/events").becomeStream();

            Ended ended = run("hold", "--wait", "1s");

            assertExit(1, ended);
            assertTrue(
                    ended.err()
                            .matches(
                                    "(?s)holdfast: not drained after 1\\.\\d s; draining: 2 in flight \\(PUT /stuck for \\d\\.\\d s, GET /other"
                                            + " for .*\\), 1 stream, 0 held; balance file .* is absent\\s+"),
                    ended.err());
            assertTrue(site.gate.isShut(), "held as before");
            stuck.end();
        }

        @Test
        void doesNotWaitForStreamsButNamesThem() {
            WatchedGate site = start();
            site.pass("GET", "/events").becomeStream();

            Ended ended = run("hold", "--wait", "20s");

            assertExit(0, ended);
            assertTrue(ended.out().contains("1 stream"), ended.out());
        }

        @Test
        void saysThatItIsReleasedMeanwhile() throws Exception {
            WatchedGate site = start();
            Passage stuck = site.pass("GET", "/stuck");

            var waiting = begin("hold", "--wait", "20s");
            await().until(site.gate::isShut);
            Files.createFile(balance);

            Ended ended = end(waiting);
            assertExit(2, ended);
            assertTrue(ended.err().contains("somebody else moved"), ended.err());
            stuck.end();
        }

        @Test
        void saysThatItWasReleasedMeanwhileEvenWhereItIsHeldAgain() throws Exception {
            WatchedGate site = start();
            Passage stuck = site.pass("GET", "/stuck");
            var waiting = begin("hold", "--wait", "20s");
            await().until(() -> site.gate.isShut());
            await().until(() -> Files.exists(directory.resolve("balance.status")));
            // The wait looks each 20 ms; it is to have heard of this hold first.
            await().pollDelay(Duration.ofMillis(500)).until(() -> true);

            Files.createFile(balance);
            await().until(() -> !site.gate.isShut());
            Files.delete(balance);

            assertExit(2, end(waiting));
            stuck.end();
        }

        /** The second found the file, and then did not, which was an error. */
        @RepeatedTest(20)
        void isTrueForTwoWhoWait() throws Exception {
            WatchedGate site = start();
            Passage last = site.pass("GET", "/last");

            var one = begin("hold", "--wait", "20s");
            var other = begin("hold", "--wait", "20s");
            var third = begin("wait", "drained", "--timeout", "20s");
            await().until(site.gate::isShut);
            last.end();

            assertExit(0, end(one));
            assertExit(0, end(other));
            // It may have come before the hold.
            int exit = end(third).exit();
            assertTrue(exit == 0 || exit == 2, "exit " + exit);
        }

        @Test
        void withoutWaitReturnsWhenHoldfastHolds() {
            WatchedGate site = start(false);
            Passage stuck = site.pass("GET", "/stuck");

            Ended ended = run("hold");

            assertExit(0, ended);
            assertTrue(site.gate.isShut());
            assertTrue(ended.out().contains("1 in flight (GET /stuck for "), ended.out());
            stuck.end();
        }

        @Test
        void goesOnWhereTheFileIsAbsentAlready() throws IOException {
            start();
            Files.delete(balance);

            Ended ended = run("hold", "--wait", "20s");

            assertExit(0, ended);
            assertTrue(ended.out().contains("was absent already"), ended.out());
        }

        @Test
        void aWrongPathDoesNotLookLikeAnUpgrade() {
            Ended ended = run("hold", "--wait", "500ms");

            assertExit(3, ended);
            assertTrue(ended.err().contains("no Holdfast answers"), ended.err());
        }

        /** As a Holdfast that was killed leaves it, or another site's. */
        @Test
        void aStatusThatIsLeftBehindIsNotBelieved() throws IOException {
            WatchedGate site = start();
            assertExit(0, run("hold", "--wait", "20s"));
            String drained = Files.readString(directory.resolve("balance.status"));
            site.close();
            Files.writeString(directory.resolve("balance.status"), drained);

            Ended ended = run("wait", "drained", "--timeout", "1s");

            assertExit(3, ended);
            assertTrue(
                    ended.err()
                            .contains("heard of last by process "
                                    + ProcessHandle.current().pid()),
                    ended.err());
        }

        @Test
        void aHoldfastThatDiesDuringTheWaitDoesNotDrain() throws Exception {
            WatchedGate site = start();
            Passage stuck = site.pass("GET", "/stuck");
            var waiting = begin("hold", "--wait", "30s");
            await().until(site.gate::isShut);

            site.close();

            Ended ended = end(waiting);
            assertExit(3, ended);
            assertTrue(ended.err().contains("no Holdfast answers"), ended.err());
            stuck.end();
        }
    }

    @Nested
    class Release {
        @Test
        void putsBackWhatWasThere() throws IOException {
            Files.writeString(balance, "http://10.0.0.7:2000\n");
            WatchedGate site = start();

            assertExit(0, run("hold", "--wait"));
            Ended ended = run("release", "--wait");

            assertExit(0, ended);
            assertEquals("http://10.0.0.7:2000\n", Files.readString(balance));
            assertEquals(Optional.of(UpstreamAddress.parse("http://10.0.0.7:2000")), site.upstream);
            assertTrue(ended.out().contains("forward to http://10.0.0.7:2000"), ended.out());
            assertFalse(site.gate.isShut());
            assertEquals(List.of("balance", "balance.status"), names());
        }

        @Test
        void putsItBackAlsoWhereHoldfastWasRestartedMeanwhile() throws IOException {
            Files.writeString(balance, "http://10.0.0.7:2000\n");
            WatchedGate before = start();
            assertExit(0, run("hold", "--wait"));
            before.close();
            WatchedGate after = start();

            assertExit(0, run("release", "--wait"));

            assertEquals(Optional.of(UpstreamAddress.parse("http://10.0.0.7:2000")), after.upstream);
        }

        @Test
        void goesWhereRequestsWentBeforeARemovalByHand() throws IOException {
            Files.writeString(balance, "http://10.0.0.7:2000");
            start();
            Files.delete(balance);
            assertExit(0, run("wait", "drained"));

            assertExit(0, run("release"));

            assertEquals("http://10.0.0.7:2000\n", Files.readString(balance));
        }

        @Test
        void doesNotGuessWhereTheTwoDiffer() throws IOException {
            start();
            assertExit(0, run("hold", "--wait"));
            Files.writeString(directory.resolve("balance.held"), "http://10.0.0.7:2000");

            Ended ended = run("release");

            assertExit(3, ended);
            assertTrue(ended.err().contains("the configured upstream"), ended.err());
            assertTrue(ended.err().contains("http://10.0.0.7:2000"), ended.err());
            assertFalse(Files.exists(balance));
        }

        @Test
        void goesElsewhere() throws IOException {
            WatchedGate site = start();
            assertExit(0, run("hold"));

            assertExit(0, run("release", "--to", "http://10.0.0.7:2000", "--wait", "20s"));

            assertEquals("http://10.0.0.7:2000\n", Files.readString(balance));
            assertEquals(Optional.of(UpstreamAddress.parse("http://10.0.0.7:2000")), site.upstream);
            assertEquals(List.of("balance", "balance.status"), names());
        }

        @Test
        void endsARefusalToo() throws IOException {
            Files.writeString(balance, "http://10.0.0.7:2000");
            WatchedGate site = start();

            assertExit(0, run("refuse", "closed until Monday"));
            assertEquals("refuse closed until Monday\n", Files.readString(balance));
            assertExit(0, run("wait", "drained"));
            assertExit(0, run("hold"));
            assertExit(0, run("release", "--wait"));

            assertEquals("http://10.0.0.7:2000", Files.readString(balance));
            assertFalse(site.gate.isShut());
        }

        @Test
        void saysWhyItDoesNotOpenInTime() {
            WatchedGate site = start();
            assertExit(0, run("hold"));
            site.gate.close(Reason.UPSTREAM, "the site refuses connections");

            Ended ended = run("release", "--wait", "1s");

            assertExit(1, ended);
            assertTrue(ended.err().contains("the site refuses connections"), ended.err());
        }

        @Test
        void isUndoneByAHold() throws Exception {
            WatchedGate site = start();
            site.gate.close(Reason.UPSTREAM, "the site refuses connections");
            var waiting = begin("wait", "open", "--timeout", "20s");
            await().until(() -> Files.exists(directory.resolve("balance.status")));

            Files.delete(balance);

            assertExit(2, end(waiting));
        }
    }

    @Nested
    class Status {
        @Test
        void isToldForPeopleAndForPrograms() {
            WatchedGate site = start();
            Passage passage = site.pass("GET", "/a");

            Ended open = run("status");
            assertExit(0, open);
            assertTrue(open.out().startsWith("open: 1 in flight (GET /a for "), open.out());

            assertExit(0, run("hold"));
            Ended json = run("status", "--json");
            assertExit(0, json);
            assertEquals("draining", Json.object(json.out()).get("state"));
            passage.end();
        }

        @Test
        void ofNobodyIsTold() {
            Ended ended = run("status");

            assertExit(3, ended);
            assertTrue(ended.err().contains("no Holdfast answers"), ended.err());
        }
    }

    @Nested
    class Usage {
        @ParameterizedTest
        @ValueSource(
                strings = {"hold --wait 60", "hold now", "release --to ftp://x", "wait", "wait idle", "status --yaml"})
        void isNeverTakenForAnOutcome(String command) {
            start();

            Ended ended = run(command.split(" "));

            assertExit(3, ended);
            assertTrue(Files.exists(balance), "nothing was moved");
        }

        @Test
        void aFileThatCannotBeMovedIsToldInOneLine() throws IOException {
            Files.delete(balance);
            Files.createDirectory(balance);

            Ended ended = run("hold");

            assertExit(3, ended);
            assertEquals(1, ended.err().lines().count(), ended.err());
        }
    }
}
