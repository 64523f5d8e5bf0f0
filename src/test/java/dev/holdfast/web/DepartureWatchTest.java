package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.gate.GateSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who leaves while it is held over HTTP/1.1 is noticed before the release, and nobody else is taken for gone. */
@Timeout(60)
class DepartureWatchTest {
    private static final String GET = "GET /a HTTP/1.1\r\nHost: site\r\n\r\n";
    private static final String POST = "POST /a HTTP/1.1\r\nHost: site\r\nContent-Length: 5000\r\n\r\n";

    private SmallSite upstream;
    private TestSite site;

    @BeforeEach
    void start() throws Exception {
        upstream = new SmallSite(Door.tcp(), SmallSite.OK);
        site = TestSite.before(0, "upstream", upstream.address(), "maxHold", "60s");
        site.hold();
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        upstream.close();
    }

    @Test
    void oneThatClosesItsConnection() throws Exception {
        Wire client = held(GET);

        client.close();

        site.awaitHeld(0);
        assertEquals(1, counts().abandoned());
    }

    @Test
    void oneThatResetsItInTheMiddleOfItsBody() throws Exception {
        Wire client = held(POST + "x".repeat(2000));

        client.reset();

        site.awaitHeld(0);
        assertEquals(1, counts().abandoned());
    }

    @Test
    void oneThatSendsSomethingFirst() throws Exception {
        Wire client = held(GET);
        client.send("GET /b HTTP/1.1\r\n");

        client.shutdownOutput();

        site.awaitHeld(0);
        assertEquals(1, counts().abandoned());
        client.close();
    }

    @Test
    void oneThatIsHeldASecondTimeOnItsConnection() throws Exception {
        try (Wire client = held(GET)) {
            site.release();
            client.readResponse();
            site.hold();
            client.send(GET);
            site.awaitHeld(1);

            client.shutdownOutput();

            site.awaitHeld(0);
            assertEquals(1, counts().abandoned());
            assertEquals(1, counts().released());
        }
    }

    /** A key of ours that stayed would keep the descriptor: the client would see FIN, and could write for ever. */
    @Test
    void aConnectionThatTheContainerClosesIsClosedWhole() throws Exception {
        try (Wire client = held("GET /a HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n")) {
            site.release();
            client.readToEnd();

            Until.true_(() -> isReset(client));
        }
    }

    @Test
    void whoStaysIsAnsweredHoweverManyLeaveAndHoweverOftenTheyAreHeld() throws Exception {
        Random random = new Random(7);
        List<Wire> clients = new ArrayList<>();
        int left = 0;
        int sent = 0;
        for (int round = 0; round < 12; round++) {
            while (clients.size() < 60) {
                clients.add(site.client());
            }
            for (Wire client : clients) {
                client.send(random.nextBoolean() ? GET : POST + "x".repeat(5000));
                sent++;
            }
            site.awaitHeld(clients.size());
            int leaving = 0;
            for (Iterator<Wire> each = clients.iterator(); each.hasNext(); ) {
                Wire client = each.next();
                if (random.nextInt(4) == 0) {
                    leave(client, random);
                    each.remove();
                    leaving++;
                }
            }
            left += leaving;
            if (round % 2 == 0) {
                site.awaitHeld(60 - leaving);
            }
            site.release();
            for (Wire client : clients) {
                assertTrue(client.readResponse().startsWith("HTTP/1.1 200 "));
            }
            site.hold();
            site.awaitHeld(0);
        }
        GateSnapshot.Counts counts = counts();
        assertEquals(left, counts.abandoned());
        assertEquals(sent - left, counts.released());
        for (Wire client : clients) {
            client.close();
        }
    }

    private static void leave(Wire client, Random random) throws IOException {
        if (random.nextBoolean()) {
            client.reset();
        } else {
            client.close();
        }
    }

    private static boolean isReset(Wire client) {
        try {
            client.send("x");
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    private Wire held(String request) throws Exception {
        Wire client = site.client();
        client.send(request);
        site.awaitHeld(1);
        return client;
    }

    private GateSnapshot.Counts counts() {
        return site.site().gate().snapshot().counts();
    }
}
