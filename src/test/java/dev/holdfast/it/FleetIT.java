package dev.holdfast.it;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.it.FleetUnderTest.Ended;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Five Holdfasts with one switch, in three ZooKeeper servers, all of them processes that are killed and paused while the site behind is
 * upgraded; clients use all five and do not notice.
 */
@Timeout(600)
class FleetIT {
    private static final Duration A_WHILE = Duration.ofMillis(200);
    private static final int WAITING_AT_A_SLEEPER = 20;

    @TempDir
    Path directory;

    private FleetUnderTest fleet;

    @Test
    void upgradesTwentyTimesWhateverHappensToItsParts() throws Exception {
        try (FleetUnderTest started = FleetUnderTest.start(directory, 5, "keep")) {
            fleet = started;
            upgrade(4);
            int dead = (fleet.ensemble.leader() + 1) % EnsembleProcess.SERVERS;
            fleet.ensemble.kill(dead);
            upgrade(2);
            fleet.ensemble.start(dead);
            upgrade(4);
            int leader = fleet.ensemble.leader();
            fleet.ensemble.kill(leader);
            upgrade(2); // the first while the others elect another leader
            fleet.ensemble.start(leader);
            upgrade(1);
            upgradeWhileOneIsKilled(fleet.members.get(3));
            upgrade(3);
            upgradeWhileOneIsPaused(fleet.members.get(4));
            upgrade(2);
            goesOnWithoutTheEnsemble();
            report();
        }
    }

    @Test
    void holdsByItselfWithoutTheEnsembleWhereThatIsWanted() throws Exception {
        try (FleetUnderTest started = FleetUnderTest.start(directory, 3, "hold")) {
            fleet = started;
            upgrade(2);
            upgradeWhileOneIsPaused(fleet.members.get(2));
            holdsWithoutTheEnsemble();
            upgrade(1);
            report();
        }
    }

    private void upgrade(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            fleet.hold();
            Ended drained = fleet.command("hold", "--wait", "60s");
            assertEquals(0, drained.exit(), drained.output());
            fleet.noteGatesClosed();
            int seen = fleet.site.requests().size();
            if (i % 2 == 0) {
                fleet.site.kill();
                fleet.site.start();
            }
            release(seen);
        }
    }

    /** Its clients are cut off; it is missed until it is there again, and joins the hold. */
    private void upgradeWhileOneIsKilled(FleetMember victim) throws Exception {
        victim.kill(); // before the hold: else it may have said "drained" of that
        fleet.hold();
        Ended missing = fleet.command("hold", "--wait", "1s");
        assertEquals(1, missing.exit(), missing.output());
        assertTrue(missing.output().contains("  " + victim.name + ": "), missing.output());

        victim.start().load();
        Ended drained = fleet.command("hold", "--wait", "60s");
        assertEquals(0, drained.exit(), drained.output());
        assertTrue(drained.output().contains("5 nodes"), drained.output());
        int seen = fleet.site.requests().size();
        await().during(A_WHILE).until(() -> victim.clients().answered() == 0);
        release(seen);
    }

    /** It is missed while its session lives, and after that; and when it wakes up in the middle of the upgrade, it forwards nothing. */
    private void upgradeWhileOneIsPaused(FleetMember sleeper) throws Exception {
        sleeper.holdfast().process().pause();
        fleet.hold();
        List<ClientConnection> waiting = comeTo(sleeper);

        Ended alive = fleet.command("hold", "--wait", "1s");
        Ended gone = fleet.command("wait", "drained", "--timeout", "5s");
        assertEquals(1, alive.exit(), alive.output());
        // On a busy machine its session may be gone by then.
        assertTrue(alive.output().matches("(?s).*  " + sleeper.name + ": (open|unknown).*"), alive.output());
        assertEquals(1, gone.exit(), gone.output());
        assertTrue(gone.output().contains("  " + sleeper.name + ": unknown: its session is gone"), gone.output());
        Ended without = fleet.command("hold", "--wait", "60s", "--without", sleeper.name);
        assertEquals(0, without.exit(), without.output());

        int seen = fleet.site.requests().size();
        sleeper.holdfast().process().resume();
        await("all who wait at the sleeper to be held")
                .atMost(Duration.ofSeconds(60))
                .failFast(
                        "a request has reached the site in the middle of the upgrade",
                        () -> fleet.site.requests().size() > seen)
                .until(() -> fleet.isDrained(sleeper, WAITING_AT_A_SLEEPER + FleetMember.CLIENTS));
        Ended all = fleet.command("wait", "drained", "--timeout", "60s");
        assertEquals(0, all.exit(), all.output());
        release(seen);
        for (ClientConnection client : waiting) {
            assertEquals(200, client.receive().status());
            client.close();
        }
    }

    /** They come while it sleeps: some to a connection that only the kernel has taken. */
    private List<ClientConnection> comeTo(FleetMember sleeper) throws IOException {
        List<ClientConnection> clients = new ArrayList<>();
        for (int i = 0; i < WAITING_AT_A_SLEEPER; i++) {
            ClientConnection client = new ClientConnection(sleeper.holdfast().port());
            client.get("/exchange?size=10&number=" + fleet.extra("GET"));
            clients.add(client);
        }
        return clients;
    }

    private void goesOnWithoutTheEnsemble() throws Exception {
        fleet.killMajority();
        for (int i = 0; i < 3; i++) {
            fleet.awaitAnswersOfAll();
            await().during(Duration.ofSeconds(2)).until(() -> fleet.failures().isEmpty());
        }
        assertEquals(3, fleet.command("hold", "--wait", "1s").exit());
        fleet.startMajority();
        fleet.awaitAnswersOfAll();
    }

    private void holdsWithoutTheEnsemble() throws Exception {
        fleet.killMajority();
        await("all nodes to hold").atMost(Duration.ofSeconds(30)).until(() -> {
            long answered = fleet.answered();
            Thread.sleep(500); // so long nobody is answered
            return fleet.answered() == answered;
        });
        int seen = fleet.site.requests().size();
        await().during(Duration.ofSeconds(2)).until(() -> fleet.site.requests().size() == seen);
        fleet.startMajority();
        fleet.awaitAnswersOfAll();
    }

    private void release(int seenWhenDrained) throws Exception {
        await().during(A_WHILE).until(() -> true);
        assertEquals(
                seenWhenDrained, fleet.site.requests().size(), "requests that reached the site while it was drained");
        fleet.release();
        fleet.awaitAnswersOfAll();
        assertEquals(List.of(), fleet.failures());
    }

    private void report() throws Exception {
        for (FleetMember member : fleet.members) {
            member.clients().stop();
        }
        fleet.print();
        Map<String, Long> times = fleet.site.requests().stream().collect(groupingBy(request -> request, counting()));
        assertEquals(List.of(), fleet.failures());
        assertEquals(
                List.of(),
                times.entrySet().stream().filter(entry -> entry.getValue() > 1).toList());
        long unseen =
                fleet.sent().filter(request -> !times.containsKey(request)).count();
        assertTrue(unseen <= fleet.cutOff(), () -> unseen + " requests were not seen by the site");
        assertEquals(fleet.sent().count() - fleet.cutOff(), fleet.answered());
    }
}
