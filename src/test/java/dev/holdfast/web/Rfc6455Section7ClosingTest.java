package dev.holdfast.web;

import static dev.holdfast.web.WebSocketFrames.CLOSE_1012;
import static dev.holdfast.web.WebSocketFrames.masked;
import static dev.holdfast.web.WebSocketFrames.readMaskedClose;
import static dev.holdfast.web.WebSocketFrames.unmasked;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RFC 6455, section 7: how WebSockets end when the gate closes, the server stops, or nobody says anything. */
class Rfc6455Section7ClosingTest {
    private static final byte[] TEXT = "a message".getBytes(StandardCharsets.US_ASCII);

    private ScriptedUpstream upstream;
    private TestSite site;
    private Wire client;
    private Wire server;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        site.close();
        upstream.close();
    }

    private void connect(String... settings) throws Exception {
        site = TestSite.before(upstream.port(), settings);
        shake(WebSocketFrames.HANDSHAKE, WebSocketFrames.SWITCH);
    }

    private void shake(String handshake, String answer) throws Exception {
        client = site.client();
        client.send(handshake);
        server = upstream.acceptRequest().connection();
        server.send(answer);
        assertTrue(client.readHead().startsWith("HTTP/1.1 101 "));
    }

    private void awaitNothingLeft() {
        Until.true_(() -> site.site().gate().snapshot().streams() == 0);
        assertTrue(site.site().upstream().awaitIdle(Duration.ofSeconds(10)));
    }

    private static void assertStaysSilent(Wire wire, int millis) throws IOException {
        wire.socket().setSoTimeout(millis);
        assertThrows(SocketTimeoutException.class, () -> wire.readBytes(1));
        wire.socket().setSoTimeout(10_000);
    }

    @Test
    void staysOpenWhenTheGateClosesByDefault() throws Exception {
        connect();
        site.hold();
        assertStaysSilent(client, 1500);
        client.send(masked(1, TEXT));
        assertArrayEquals(masked(1, TEXT), server.readBytes(masked(1, TEXT).length));
    }

    @Test
    void isClosedOnBothSidesWithServiceRestartAfterTheGraceTime() throws Exception {
        connect("closeStreams", "100ms");
        server.send(unmasked(1, TEXT));
        client.send(masked(1, TEXT));
        site.hold();
        assertArrayEquals(unmasked(1, TEXT), client.readBytes(unmasked(1, TEXT).length));
        assertArrayEquals(CLOSE_1012, client.readBytes(4));
        assertArrayEquals(masked(1, TEXT), server.readBytes(masked(1, TEXT).length));
        assertEquals(1012, readMaskedClose(server));

        client.send(masked(8, new byte[] {0x03, (byte) 0xf4}));
        assertEquals("", client.readToEnd());
        assertEquals("", server.readToEnd(), "the client's answer is for us");
        awaitNothingLeft();
    }

    @Test
    void isClosedThoughNobodyAnswersTheCloseFrame() throws Exception {
        connect("closeStreams", "0s");
        site.hold();
        assertEquals(new String(CLOSE_1012, StandardCharsets.ISO_8859_1), client.readToEnd());
        assertEquals(1012, readMaskedClose(server));
        assertEquals("", server.readToEnd());
        awaitNothingLeft();
    }

    @Test
    void staysOpenWhenTheGateOpensWithinTheGraceTime() throws Exception {
        connect("closeStreams", "5s");
        site.hold();
        assertStaysSilent(client, 600);
        site.release();
        Until.true_(() -> !site.site().gate().isShut());
        client.send(masked(1, TEXT));
        assertArrayEquals(masked(1, TEXT), server.readBytes(masked(1, TEXT).length));
    }

    @Test
    void theCloseFrameWaitsForTheEndOfAFrame() throws Exception {
        connect("closeStreams", "0s");
        byte[] down = unmasked(2, new byte[70_000]);
        byte[] up = masked(2, new byte[70_000]);
        server.send(java.util.Arrays.copyOf(down, 40_000));
        client.send(java.util.Arrays.copyOf(up, 40_000));
        assertEquals(40_000, client.readBytes(40_000).length);
        assertEquals(40_000, server.readBytes(40_000).length);
        site.hold();
        assertStaysSilent(client, 400);

        server.send(WebSocketFrames.all(java.util.Arrays.copyOfRange(down, 40_000, down.length), unmasked(1, TEXT)));
        client.send(WebSocketFrames.all(java.util.Arrays.copyOfRange(up, 40_000, up.length), masked(1, TEXT)));

        assertEquals(down.length - 40_000, client.readBytes(down.length - 40_000).length);
        assertEquals(new String(CLOSE_1012, StandardCharsets.ISO_8859_1), client.readToEnd(), "and not the message");
        assertEquals(up.length - 40_000, server.readBytes(up.length - 40_000).length);
        assertEquals(1012, readMaskedClose(server));
        assertEquals("", server.readToEnd());
        awaitNothingLeft();
    }

    @Test
    void theEndOfAFrameOfAMegabyteIsFoundToo() throws Exception {
        connect("closeStreams", "0s");
        byte[] payload = new byte[1 << 20];
        new Random(1).nextBytes(payload);
        byte[] down = unmasked(2, payload);
        byte[] up = masked(2, payload);
        for (int times = 0; times < 2; times++) {
            CompletableFuture<Void> sending = CompletableFuture.allOf(sending(server, down), sending(client, up));
            assertArrayEquals(down, client.readBytes(down.length));
            assertArrayEquals(up, server.readBytes(up.length));
            sending.get(10, TimeUnit.SECONDS);
        }
        site.hold();
        assertEquals(new String(CLOSE_1012, StandardCharsets.ISO_8859_1), client.readToEnd());
        assertEquals(1012, readMaskedClose(server));
        assertEquals("", server.readToEnd());
        awaitNothingLeft();
    }

    private static CompletableFuture<Void> sending(Wire to, byte[] bytes) {
        return CompletableFuture.runAsync(() -> {
            try {
                to.send(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Test
    void isCutInTheMiddleOfAFrameThatDoesNotEnd() throws Exception {
        connect("closeStreams", "0s");
        byte[] half = java.util.Arrays.copyOf(unmasked(2, new byte[500]), 300);
        server.send(half);
        assertArrayEquals(half, client.readBytes(300));
        site.hold();
        assertEquals("", client.readToEnd(), "no close frame within another frame");
        awaitNothingLeft();
    }

    @Test
    void aSideThatIsClosingAlreadyGetsNoSecondCloseFrame() throws Exception {
        connect("closeStreams", "0s");
        byte[] goodbye = unmasked(8, new byte[] {0x03, (byte) 0xe8});
        server.send(goodbye);
        assertArrayEquals(goodbye, client.readBytes(4));
        site.hold();
        assertEquals("", client.readToEnd());
        assertEquals(1012, readMaskedClose(server), "nobody has answered the upstream yet");
        awaitNothingLeft();
    }

    @Test
    void anotherProtocolIsJustClosed() throws Exception {
        site = TestSite.before(upstream.port(), "closeStreams", "0s");
        shake(
                WebSocketFrames.HANDSHAKE.replace("websocket", "chat"),
                WebSocketFrames.SWITCH.replace("WebSocket", "chat"));
        site.hold();
        assertEquals("", client.readToEnd());
        assertEquals("", server.readToEnd());
        awaitNothingLeft();
    }

    @Test
    void staysOpenWhenItIsTheSiteThatRefusesConnections() throws Exception {
        connect("closeStreams", "0s");
        int port = upstream.port();
        upstream.close();
        try (Wire another = site.client()) {
            another.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            site.awaitHeld(1);
            assertStaysSilent(client, 600);
        }
        upstream = new ScriptedUpstream(port);
    }

    @Test
    void isClosedWithServiceRestartWhenTheContainerStops() throws Exception {
        connect();
        client.send(masked(9, new byte[0]));
        server.readBytes(6); // a Tomcat that is stopped between its 101 and the switch just closes the connection
        Thread stopping = new Thread(() -> {
            try {
                site.stopContainer();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        stopping.start();
        assertArrayEquals(CLOSE_1012, client.readBytes(4));
        assertEquals(1012, readMaskedClose(server));
        server.close();
        client.send(masked(8, new byte[] {0x03, (byte) 0xf4}));
        assertEquals("", client.readToEnd());
        stopping.join(10_000);
        assertFalse(stopping.isAlive());
        assertEquals(0, site.site().gate().snapshot().streams());
        assertTrue(Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("holdfast-")));
    }

    @Test
    void isClosedWhenNobodySaysAnythingForTheIdleTimeout() throws Exception {
        connect("tunnelIdleTimeout", "1s");
        for (int i = 0; i < 4; i++) { // one direction is enough to keep it
            assertStaysSilent(client, 500);
            client.send(masked(9, new byte[0]));
            server.readBytes(6);
        }
        assertEquals("", client.readToEnd());
        assertEquals("", server.readToEnd());
        awaitNothingLeft();
    }
}
