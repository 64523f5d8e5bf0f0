package dev.holdfast.web;

import static dev.holdfast.web.AnsweringUpstream.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The operator has second thoughts: the file is back before the drain is over, or away before the release is. */
class FlipDuringReleaseTest {
    private final Semaphore answers = new Semaphore(0);
    private final List<Wire> clients = new ArrayList<>();
    private AnsweringUpstream upstream;
    private TestSite site;

    @BeforeEach
    void start() throws Exception {
        upstream = new AnsweringUpstream(target -> {
            answers.acquire();
            return OK;
        });
        site = TestSite.before(upstream.port(), "releaseConcurrency", "1", "releaseCanary", "false");
    }

    @AfterEach
    void stop() throws Exception {
        answers.release(1000);
        for (Wire client : clients) {
            client.close();
        }
        site.close();
        upstream.close();
    }

    @Test
    void aReleaseDuringTheDrainLetsEverybodyGoAtOnceAndLeavesNoMarker() throws Exception {
        Wire inFlight = send(1);
        awaitAtTheSite(1);
        site.hold();
        Wire held = send(2);
        site.awaitHeld(1);
        Wire alsoHeld = send(3);
        site.awaitHeld(2);
        assertFalse(Files.exists(site.drainedMarker()));

        site.release();

        awaitAtTheSite(2); // though the first is not answered
        answers.release(3);
        assertAnswered(inFlight, held, alsoHeld);
        assertEquals(List.of("/1", "/2", "/3"), upstream.targets());
        assertFalse(Files.exists(site.drainedMarker()));
        assertTrue(site.gate().snapshot().isOpen());
    }

    @Test
    void aHoldDuringTheReleaseKeepsTheRestInItsPlaces() throws Exception {
        site.hold();
        for (int number = 1; number <= 10; number++) {
            send(number);
            site.awaitHeld(number);
        }
        site.release();
        answers.release(3);
        awaitAtTheSite(4);
        site.hold();
        Wire newcomer = send(11);
        site.awaitHeld(7);

        answers.release(1); // the one that was in flight
        Until.true_(() -> Files.exists(site.drainedMarker()));
        answers.release(100);
        assertAnswered(clients.subList(0, 4).toArray(Wire[]::new));
        Until.quiet(() -> upstream.targets().size() == 4);
        assertEquals(7, site.gate().snapshot().held());

        site.release();
        assertAnswered(clients.subList(4, 10).toArray(Wire[]::new));
        assertAnswered(newcomer);
        assertEquals(
                IntStream.rangeClosed(1, 11).mapToObj(number -> "/" + number).toList(), upstream.targets());
        assertEquals(11, site.gate().snapshot().counts().released());
        Until.true_(() -> Files.notExists(site.drainedMarker()));
    }

    private Wire send(int number) throws IOException {
        Wire client = site.client();
        clients.add(client);
        return client.send("GET /" + number + " HTTP/1.1\r\nHost: site\r\n\r\n");
    }

    private void awaitAtTheSite(int count) {
        Until.true_(() -> upstream.targets().size() == count);
    }

    private static void assertAnswered(Wire... those) throws IOException {
        for (Wire client : those) {
            assertTrue(client.readResponse().endsWith("ok"));
        }
    }
}
