package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.gate.GateSnapshot;
import dev.holdfast.gate.Reason;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client, the upstream and the operator see of holding, through the container. */
class HoldingTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private ScriptedUpstream upstream;
    private TestSite site;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
        site = TestSite.before(upstream.port(), "maxHold", "30s");
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        upstream.close();
    }

    @Test
    void holdsAGetWhileTheFileIsAwayAndForwardsItWhenItIsBack() throws Exception {
        site.hold();
        try (Wire client = site.client()) {
            client.send("GET /a?b HTTP/1.1\r\nHost: site\r\n\r\n");
            site.awaitHeld(1);
            assertFalse(upstream.hasPending(50), "the upstream is touched while the request is held");

            site.release();

            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                assertTrue(arrived.head().startsWith("GET /a?b HTTP/1.1\r\n"), arrived.head());
                arrived.connection().send(OK);
                assertTrue(client.readResponse().endsWith("\r\n\r\nok"));
            }
        }
    }

    @Test
    void keepsTheBodyOfAHeldPost() throws Exception {
        site.hold();
        String body = "x".repeat(100_000);
        try (Wire client = site.client()) {
            client.send("POST /a HTTP/1.1\r\nHost: site\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            site.awaitHeld(1);
            site.release();
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                assertEquals(body, arrived.connection().read(body.length()));
                arrived.connection().send(OK);
                assertTrue(client.readResponse().endsWith("\r\n\r\nok"));
            }
        }
    }

    @Test
    void releasesInTheOrderOfArrival() throws Exception {
        site.close();
        site = TestSite.before(upstream.port(), "releaseConcurrency", "1");
        site.hold();
        List<Wire> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Wire client = site.client();
            clients.add(client);
            client.send("GET /" + i + " HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n");
            site.awaitHeld(i + 1);
        }

        site.release();

        for (int i = 0; i < 20; i++) {
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                assertTrue(arrived.head().startsWith("GET /" + i + " "), arrived.head());
                assertFalse(upstream.hasPending(5), "one at a time");
                arrived.connection().send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
                assertTrue(clients.get(i).readToEnd().endsWith("ok"));
            }
        }
        for (Wire client : clients) {
            client.close();
        }
    }

    @Test
    void answers503WithRetryAfterWhenTheHoldIsOver() throws Exception {
        site.close();
        site = TestSite.before(upstream.port(), "maxHold", "100ms");
        site.hold();
        try (Wire client = site.client()) {
            client.send("POST /a HTTP/1.1\r\nHost: site\r\nContent-Length: 1\r\n\r\nx");
            String response = client.readHead();
            assertTrue(response.startsWith("HTTP/1.1 503 "), response);
            assertTrue(response.contains("\r\nRetry-After: "), response);
        }
        site.release();
        Until.true_(() -> !site.site().gate().isShut());
        assertFalse(upstream.hasPending(50), "an expired request must never be forwarded");
    }

    @Test
    void aClientThatLeftIsNotForwarded() throws Exception {
        site.hold();
        for (String request : List.of(
                "GET /a HTTP/1.1\r\nHost: site\r\n\r\n",
                "POST /a HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\nhello",
                "POST /a HTTP/1.1\r\nHost: site\r\nContent-Length: 5000\r\n\r\nhel",
                "POST /a HTTP/1.1\r\nHost: site\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")) {
            Wire client = site.client();
            client.send(request);
            site.awaitHeld(1);

            client.close();

            site.awaitHeld(0);
        }
        site.release();
        Until.true_(() -> !site.site().gate().isShut());
        assertEquals(4, site.site().gate().snapshot().counts().abandoned());
        assertFalse(upstream.hasPending(50));
    }

    @Test
    void aClientThatLeavesJustBeforeTheReleaseIsNotForwarded() throws Exception {
        site.hold();
        Wire client = site.client();
        client.send("POST /a HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\nhello");
        site.awaitHeld(1);

        client.reset();
        site.release();

        Until.true_(() -> site.site().gate().snapshot().counts().abandoned() == 1);
        assertFalse(upstream.hasPending(50));
    }

    @Test
    void aClientOfHttp2ThatLeftIsNotForwarded() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + site.port() + "/a"))
                .build();
        // The first exchange of a connection that is upgraded to h2c cannot be reset.
        var first = client.sendAsync(request, BodyHandlers.ofString());
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection().send(OK);
            assertEquals(HttpClient.Version.HTTP_2, first.get().version());
        }
        site.hold();
        var second = client.sendAsync(request, BodyHandlers.ofString());
        site.awaitHeld(1);

        second.cancel(true);

        site.awaitHeld(0);
        assertEquals(1, site.site().gate().snapshot().counts().abandoned());
        site.release();
        Until.true_(() -> !site.site().gate().isShut());
        assertFalse(upstream.hasPending(50));
    }

    @Test
    void pipelinedRequestsAreHeldAndAnsweredInTurn() throws Exception {
        site.hold();
        try (Wire client = site.client()) {
            client.send("GET /1 HTTP/1.1\r\nHost: site\r\n\r\nGET /2 HTTP/1.1\r\nHost: site\r\n\r\n");
            site.awaitHeld(1);
            site.release();
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().send(OK);
                assertTrue(client.readResponse().endsWith("ok"));
                assertTrue(arrived.connection().readHead().startsWith("GET /2 "));
                arrived.connection().send(OK);
                assertTrue(client.readResponse().endsWith("ok"));
            }
        }
    }

    @Test
    void theDrainedMarkerAppearsWhenTheLastRequestInFlightIsDone() throws Exception {
        try (Wire client = site.client()) {
            client.send("GET /a HTTP/1.1\r\nHost: site\r\n\r\n");
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                site.hold();
                assertFalse(Files.exists(site.drainedMarker()));

                arrived.connection().send(OK);

                assertTrue(client.readResponse().endsWith("ok"));
                Until.true_(() -> Files.exists(site.drainedMarker()));
                assertEquals(-1, arrived.connection().socket().getInputStream().read(), "idle connections are closed");
            }
        }
        site.release();
        Until.true_(() -> !Files.exists(site.drainedMarker()));
    }

    @Test
    void anEventStreamDoesNotDelayTheDrain() throws Exception {
        try (Wire client = site.client()) {
            client.send("GET /events HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n");
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
                assertTrue(client.readHead().contains("text/event-stream"));

                site.hold();

                Until.true_(() -> Files.exists(site.drainedMarker()));
                assertEquals(1, site.site().gate().snapshot().streams());
            }
            client.readToEnd();
        }
        Until.true_(() -> site.site().gate().snapshot().streams() == 0);
    }

    @Test
    void anUpstreamThatRefusesConnectionsHoldsTheRequestUntilItIsBack() throws Exception {
        int port = upstream.port();
        upstream.close();
        try (Wire client = site.client()) {
            client.send("POST /a HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\nhello");
            site.awaitHeld(1);
            GateSnapshot held = site.site().gate().snapshot();
            assertEquals(Reason.UPSTREAM, held.closures().get(0).reason());
            assertEquals(0, held.inFlight());
            assertFalse(Files.exists(site.drainedMarker()), "nobody asked for a drain");

            upstream = new ScriptedUpstream(port);

            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                assertEquals("hello", arrived.connection().read(5));
                arrived.connection().send(OK);
                assertTrue(client.readResponse().endsWith("ok"));
            }
        }
        assertEquals(1, site.site().gate().snapshot().counts().released());
    }

    @Test
    void aBodyThatComesWhileItsRequestIsHeldAgainIsNotLost() throws Exception {
        int port = upstream.port();
        upstream.close();
        try (Wire client = site.client()) {
            client.send("POST /a HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\n");
            site.awaitHeld(1);
            client.send("hello");
            // The container has read what came; the next request of another client shows that it has had the time.
            try (Wire other = site.client()) {
                other.send("GET /b HTTP/1.1\r\nHost: site\r\n\r\n");
                site.awaitHeld(2);
            }

            upstream = new ScriptedUpstream(port);

            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                assertTrue(arrived.head().startsWith("POST /a "), arrived.head());
                assertEquals("hello", arrived.connection().read(5));
                arrived.connection().send(OK);
                assertTrue(client.readResponse().endsWith("ok"));
            }
        }
    }

    @Test
    void aRefusedHoldTurnsEverybodyAwayWithTheOperatorsMessage() throws Exception {
        site.hold();
        try (Wire held = site.client();
                Wire late = site.client()) {
            held.send("GET /a HTTP/1.1\r\nHost: site\r\n\r\n");
            site.awaitHeld(1);

            site.balance("refuse Back at noon.");

            String response = held.readResponse();
            assertTrue(response.startsWith("HTTP/1.1 503 "), response);
            assertTrue(response.contains("Back at noon."), response);
            late.send("GET /a HTTP/1.1\r\nHost: site\r\n\r\n");
            assertTrue(late.readResponse().contains("Back at noon."));
        }
    }

    @Test
    void aSwitchedUpstreamGetsTheHeldRequests() throws Exception {
        site.hold();
        try (ScriptedUpstream green = new ScriptedUpstream();
                Wire client = site.client()) {
            client.send("GET /a HTTP/1.1\r\nHost: site\r\n\r\n");
            site.awaitHeld(1);

            site.balance("http://127.0.0.1:" + green.port() + "\n");

            try (ScriptedUpstream.Arrived arrived = green.acceptRequest()) {
                arrived.connection().send(OK);
                assertTrue(client.readResponse().endsWith("ok"));
            }
        }
    }

    @Test
    void whoIsHeldWhenTheContainerStopsIsAnswered() throws Exception {
        site.hold();
        try (Wire client = site.client()) {
            client.send("GET /a HTTP/1.1\r\nHost: site\r\n\r\n");
            site.awaitHeld(1);

            site.stopContainer();

            String response = client.readToEnd();
            assertTrue(response.startsWith("HTTP/1.1 503 "), response);
            assertTrue(response.contains("\r\nRetry-After: "), response);
        }
    }
}
