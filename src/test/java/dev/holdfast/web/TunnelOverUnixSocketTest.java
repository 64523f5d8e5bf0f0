package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tunnel to an upstream at a Unix socket, which ends and half-closes in its own way. */
class TunnelOverUnixSocketTest {
    private static final byte[] UP = WebSocketFrames.masked(1, "early".getBytes());
    private static final byte[] DOWN = WebSocketFrames.unmasked(1, "surplus".getBytes());

    @TempDir
    Path directory;

    private Door door;
    private TestSite site;
    private Wire client;
    private Door.Guest server;

    @BeforeEach
    void start() throws Exception {
        door = Door.unix(directory.resolve("site.sock"));
        site = TestSite.before(0, "upstream", door.address(), "closeStreams", "0s");
        client = site.client();
        client.send(WebSocketFrames.HANDSHAKE);
        client.send(UP);
        server = door.accept();
        StrictRequest request = StrictRequest.read(server.in());
        assertEquals("/socket", request.target());
        server.out().write(WebSocketFrames.all(WebSocketFrames.SWITCH.getBytes(), DOWN));
        assertTrue(client.readHead().startsWith("HTTP/1.1 101 "));
        assertArrayEquals(DOWN, client.readBytes(DOWN.length));
        assertArrayEquals(UP, server.in().readNBytes(UP.length));
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.end().close();
        site.close();
        door.close();
    }

    private void awaitNothingLeft() {
        Until.true_(() -> site.gate().snapshot().streams() == 0);
    }

    @Test
    void carriesBytesBothWaysAndTheUpstreamsEnd() throws Exception {
        byte[] bytes = new byte[3_000_000];
        new Random(1).nextBytes(bytes);
        CompletableFuture<Void> echo = CompletableFuture.runAsync(() -> {
            try {
                server.out().write(server.in().readNBytes(bytes.length));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        client.send(bytes);
        assertArrayEquals(bytes, client.readBytes(bytes.length));
        echo.get(10, TimeUnit.SECONDS);
        server.end().close();
        assertEquals("", client.readToEnd());
        awaitNothingLeft();
    }

    @Test
    void theClientsEndIsTheUpstreamsEndAfterAllThatCameBefore() throws Exception {
        client.send("bye");
        client.shutdownOutput();
        assertEquals("bye", new String(server.in().readAllBytes()));
        assertEquals("", client.readToEnd());
        awaitNothingLeft();
    }

    @Test
    void isToldOfTheRestart() throws Exception {
        site.hold();
        assertArrayEquals(WebSocketFrames.CLOSE_1012, client.readBytes(4));
        assertEquals(8, server.in().readNBytes(8).length);
        assertEquals("", client.readToEnd());
        assertEquals(-1, server.in().read());
        awaitNothingLeft();
    }
}
