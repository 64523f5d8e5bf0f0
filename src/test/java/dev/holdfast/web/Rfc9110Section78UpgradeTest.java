package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110, section 7.8: a client offers another protocol, and the upstream switches to it, or does not. */
class Rfc9110Section78UpgradeTest {
    private static final String HANDSHAKE =
            "GET /chat?x=%2F HTTP/1.1\r\nHost: site.example\r\nConnection: keep-alive, Upgrade\r\nUpgrade: chat/2\r\nX-Room: a\r\n\r\n";
    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat/2\r\nX-Seat: 7\r\n\r\n";

    private ScriptedUpstream upstream;
    private TestSite site;
    private Wire client;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
        site = TestSite.before(upstream.port(), "connectTimeout", "2s", "responseTimeout", "1s");
        client = site.client();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        site.close();
        upstream.close();
    }

    /** Both ends of a tunnel. */
    private Wire switched() throws Exception {
        client.send(HANDSHAKE);
        Wire server = upstream.acceptRequest().connection();
        server.send(SWITCH);
        assertTrue(client.readHead().startsWith("HTTP/1.1 101 "));
        return server;
    }

    private void awaitNothingLeft() {
        Until.true_(() -> {
            var gate = site.site().gate().snapshot();
            return gate.inFlight() == 0 && gate.streams() == 0;
        });
        assertTrue(site.site().upstream().awaitIdle(java.time.Duration.ofSeconds(10)));
    }

    @Test
    void offersTheUpstreamWhatTheClientOffersWithAllItsFields() throws Exception {
        client.send(HANDSHAKE);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            String head = arrived.head();
            assertTrue(head.startsWith("GET /chat?x=%2F HTTP/1.1\r\nHost: site.example\r\n"), head);
            assertTrue(head.toLowerCase().contains("\r\nx-room: a\r\n"), head);
            assertTrue(head.contains("\r\nX-Forwarded-For: 127.0.0.1\r\n"), head);
            assertTrue(head.contains("\r\nVia: 1.1 holdfast\r\n"), head);
            assertTrue(head.endsWith("\r\nConnection: upgrade\r\nUpgrade: chat/2\r\n\r\n"), head);
            arrived.connection().send(SWITCH);
            String answer = client.readHead();
            assertTrue(answer.startsWith("HTTP/1.1 101 "), answer);
            assertTrue(answer.contains("\r\nX-Seat: 7\r\n"), answer);
            // Tomcat adds keep-alive where the client said so: useKeepAliveResponseHeader.
            assertTrue(answer.matches("(?s).*\r\nConnection: upgrade(, keep-alive)?\r\nUpgrade: chat/2\r\n.*"), answer);
            assertEquals(answer.indexOf("Connection:"), answer.lastIndexOf("Connection:"), answer);
        }
    }

    @Test
    void carriesBytesBothWays() throws Exception {
        try (Wire server = switched()) {
            for (int i = 0; i < 100; i++) {
                client.send("ping" + i % 10);
                assertEquals("ping" + i % 10, server.read(5));
                server.send("pong" + i % 10);
                assertEquals("pong" + i % 10, client.read(5));
            }
        }
    }

    @Test
    void losesNothingThatFollowsThe101AtOnce() throws Exception {
        client.send(HANDSHAKE);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection()
                    .send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + SWITCH + "HTTP/1.1 200 no HTTP\r\n\r\n");
            assertTrue(client.readHead().startsWith("HTTP/1.1 101 "));
            assertEquals("HTTP/1.1 200 no HTTP\r\n\r\n", client.read(24));
            arrived.connection().send("more");
            assertEquals("more", client.read(4));
        }
    }

    @Test
    void takesThe101ByteByByte() throws Exception {
        client.send(HANDSHAKE);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            for (char c : (SWITCH + "x").toCharArray()) {
                arrived.connection().send(String.valueOf(c));
                Thread.yield();
            }
            assertTrue(client.readHead().startsWith("HTTP/1.1 101 "));
            assertEquals("x", client.read(1));
        }
    }

    @Test
    void losesNothingThatTheClientSendsBeforeItIsAnswered() throws Exception {
        client.send(HANDSHAKE + "hello");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection().send(SWITCH);
            assertEquals("hello", arrived.connection().read(5));
            client.send("again");
            assertEquals("again", arrived.connection().read(5));
        }
    }

    @Test
    void aHeldHandshakeGoesOnAfterTheRelease() throws Exception {
        site.hold();
        client.send(HANDSHAKE + "early");
        site.awaitHeld(1);
        assertFalse(upstream.hasPending(50));
        site.release();
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection().send(SWITCH + "surplus");
            assertTrue(client.readHead().startsWith("HTTP/1.1 101 "));
            assertEquals("surplus", client.read(7));
            assertEquals("early", arrived.connection().read(5));
        }
        awaitNothingLeft();
    }

    @Test
    void isHeldAgainWhileTheUpstreamRefusesConnections() throws Exception {
        int port = upstream.port();
        upstream.close();
        client.send(HANDSHAKE);
        site.awaitHeld(1);
        upstream = new ScriptedUpstream(port);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection().send(SWITCH);
            assertTrue(client.readHead().startsWith("HTTP/1.1 101 "));
        }
    }

    @Test
    void isAStreamOfTheGateAndDelaysNoDrain() throws Exception {
        try (Wire server = switched()) {
            Until.true_(() -> site.site().gate().snapshot().streams() == 1);
            site.hold();
            Until.true_(() -> site.site().gate().isDrained());
            client.send("still");
            assertEquals("still", server.read(5));
            server.send("here");
            assertEquals("here", client.read(4));
        }
        assertEquals("", client.readToEnd());
        awaitNothingLeft();
    }

    @Test
    void theUpstreamsEndIsTheClientsEndAfterAllThatCameBefore() throws Exception {
        Wire server = switched();
        server.send("bye");
        server.close();
        assertEquals("bye", client.readToEnd());
        awaitNothingLeft();
    }

    @Test
    void anEndRightBehindThe101IsTheClientsEnd() throws Exception {
        client.send(HANDSHAKE);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection().send(SWITCH + "bye");
        }
        assertTrue(client.readHead().startsWith("HTTP/1.1 101 "));
        assertEquals("bye", client.readToEnd());
        awaitNothingLeft();
    }

    @Test
    void theClientsEndIsTheUpstreamsEndAfterAllThatCameBefore() throws Exception {
        try (Wire server = switched()) {
            client.send("bye");
            client.close();
            assertEquals("bye", server.readToEnd());
            awaitNothingLeft();
        }
    }

    @Test
    void aClientThatClosesItsSendingSideSeesTheEnd() throws Exception {
        try (Wire server = switched()) {
            client.shutdownOutput();
            assertEquals("", server.readToEnd());
            assertEquals("", client.readToEnd());
        }
        awaitNothingLeft();
    }

    @Test
    void aResetIsAResetOnTheOtherSide() throws Exception {
        Wire server = switched();
        server.reset();
        assertEquals("<reset>", client.readToEnd());
        awaitNothingLeft();

        client = site.client();
        try (Wire second = switched()) {
            client.reset();
            assertEquals("<reset>", second.readToEnd());
            awaitNothingLeft();
        }
    }

    @Test
    void aClientThatLeavesBeforeTheAnswerFreesTheUpstream() throws Exception {
        client.send(HANDSHAKE);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            client.reset();
            arrived.connection().send(SWITCH);
            String seen = arrived.connection().readToEnd();
            assertTrue(seen.isEmpty() || seen.equals("<reset>"), seen);
        }
        awaitNothingLeft();
    }

    @Test
    void aClientThatLeavesWhileTheUpstreamIsSilentFreesTheUpstream() throws Exception {
        site.close();
        site = TestSite.before(upstream.port());
        client = site.client();
        client.send(HANDSHAKE);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            client.close();
            assertEquals("<reset>", arrived.connection().readToEnd()); // responseTimeout is longer than that waits
        }
        awaitNothingLeft();
    }

    @Test
    void aSilentUpstreamIsATimeout() throws Exception {
        client.send(HANDSHAKE);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertTrue(client.readResponse().startsWith("HTTP/1.1 504 "));
            assertEquals("<reset>", arrived.connection().readToEnd());
        }
        awaitNothingLeft();
    }

    @Test
    void anOpenTunnelMayBeSilentForLongerThanAnAnswer() throws Exception {
        try (Wire server = switched()) {
            server.socket().setSoTimeout(2000); // responseTimeout is 1s
            org.junit.jupiter.api.Assertions.assertThrows(java.net.SocketTimeoutException.class, () -> server.read(1));
            client.send("x");
            assertEquals("x", server.read(1));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\nX-Why: no\r\n\r\nnope",
                "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\nX-Why: no\r\n\r\n4\r\nnope\r\n0\r\n\r\n",
                "HTTP/1.1 403 Forbidden\r\nX-Why: no\r\n\r\nnope",
                "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\nX-Why: no\r\n\r\nnope"
            })
    void anotherAnswerIsPassedOnWhole(String answer) throws Exception {
        client.send(HANDSHAKE);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection().send(answer);
            if (!answer.contains("Content-Length")) {
                arrived.connection().shutdownOutput();
            }
            String head = client.readHead();
            assertTrue(head.startsWith("HTTP/1.1 403 "), head);
            assertTrue(head.contains("\r\nX-Why: no\r\n"), head);
            String framing = head.contains("\r\nContent-Length: 4\r\n") ? "" : "4\r\n";
            assertEquals(framing + "nope", client.read(framing.length() + 4));
        }
        awaitNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2c", "TLS/1.0", "HTTP/2.0", "h2c, TLS/1.2", "b@d"})
    void whatIsHttpAgainOrHidesItIsForwardedWithoutTheOffer(String offer) throws Exception {
        client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nHTTP2-Settings: AAMAAABk\r\nUpgrade: " + offer
                + "\r\n\r\n");
        assertForwardedWithoutOffer("");
    }

    @Test
    void ofSeveralOffersOnlyThoseThatCanBeTunnelledAreMade() throws Exception {
        client.send(
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c, websocket\r\nUpgrade: irc/6.9\r\n\r\n");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertTrue(arrived.head().contains("\r\nUpgrade: websocket, irc/6.9\r\n"), arrived.head());
        }
    }

    @Test
    void anOfferWithABodyIsForwardedWithoutTheOffer() throws Exception {
        client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\nContent-Length: 4\r\n\r\nbody");
        assertForwardedWithoutOffer("body");
    }

    @Test
    void anOfferOfHttp10IsForwardedWithoutTheOffer() throws Exception {
        client.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
        assertForwardedWithoutOffer("");
    }

    @Test
    void anOfferThatConnectionDoesNotNameIsForwardedWithoutTheOffer() throws Exception {
        client.send("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: chat\r\n\r\n");
        assertForwardedWithoutOffer("");
    }

    private void assertForwardedWithoutOffer(String body) throws Exception {
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertFalse(arrived.head().toLowerCase().contains("upgrade"), arrived.head());
            assertFalse(arrived.head().toLowerCase().contains("http2-settings"), arrived.head());
            assertEquals(body, arrived.connection().read(body.length()));
            arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            assertTrue(client.readResponse().endsWith("\r\n\r\nok"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\nBad Name: x\r\n\r\n"
            })
    void aSwitchToWhatWasNotOfferedIsABrokenAnswer(String answer) throws Exception {
        client.send(HANDSHAKE);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection().send(answer);
            assertTrue(client.readResponse().startsWith("HTTP/1.1 502 "));
        }
        awaitNothingLeft();
    }

    @Test
    void aSwitchThatNobodyAskedForIsABrokenAnswer() throws Exception {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            arrived.connection().send(SWITCH);
            assertTrue(client.readResponse().startsWith("HTTP/1.1 502 "));
        }
    }

    @Test
    void carriesMegabytesBothWaysAtOnce() throws Exception {
        byte[] up = new byte[20_000_000];
        byte[] down = new byte[20_000_000];
        new Random(1).nextBytes(up);
        new Random(2).nextBytes(down);
        try (Wire server = switched()) {
            Thread[] senders = {sender(client, up), sender(server, down)};
            byte[][] received = new byte[1][];
            Thread reader = new Thread(() -> received[0] = read(server, up.length));
            reader.start();
            assertArrayEquals(down, client.readBytes(down.length));
            reader.join(10_000);
            assertArrayEquals(up, received[0]);
            for (Thread sender : senders) {
                sender.join(10_000);
            }
        }
        awaitNothingLeft();
    }

    private static Thread sender(Wire to, byte[] bytes) {
        Thread thread = new Thread(() -> {
            try {
                to.send(bytes);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        thread.start();
        return thread;
    }

    private static byte[] read(Wire from, int length) {
        try {
            return from.readBytes(length);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
