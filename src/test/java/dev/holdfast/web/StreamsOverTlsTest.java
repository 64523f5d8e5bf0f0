package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may go on for long, with an upstream that is spoken to over TLS, which hands its bytes over in another way than a plain connection. */
class StreamsOverTlsTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: site\r\n\r\n";

    @TempDir
    static Path directory;

    private static Path key;
    private static Path trust;

    private ScriptedUpstream upstream;
    private TestSite site;

    @BeforeAll
    static void makeCertificates() throws Exception {
        TestCertificates certificates = new TestCertificates(directory);
        key = certificates.key("server", "ip:127.0.0.1");
        trust = certificates.certificate(key);
    }

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream(TestCertificates.context(key));
        site = TestSite.before(
                0,
                "upstream",
                "https://127.0.0.1:" + upstream.port(),
                "trustStore",
                trust.toString(),
                "closeStreams",
                "0s");
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        upstream.close();
    }

    @Test
    void aTunnelCarriesBytesBothWaysAndTheEnd() throws Exception {
        byte[] up = new byte[3_000_000];
        byte[] down = new byte[3_000_000];
        new Random(1).nextBytes(up);
        new Random(2).nextBytes(down);
        try (Wire client = site.client()) {
            client.send(WebSocketFrames.HANDSHAKE);
            Wire server = upstream.accept();
            assertTrue(server.readHead().contains("\r\nUpgrade: websocket\r\n"));
            server.send(WebSocketFrames.SWITCH + "surplus"); // in one record
            assertTrue(client.readHead().startsWith("HTTP/1.1 101 "));
            assertEquals("surplus", client.read(7));
            Thread sending = new Thread(() -> send(client, up));
            sending.start();
            assertArrayEquals(up, server.readBytes(up.length));
            sending.join();
            Thread answering = new Thread(() -> send(server, down));
            answering.start();
            assertArrayEquals(down, client.readBytes(down.length));
            answering.join();
            server.send("bye");
            server.close();
            assertEquals("bye", client.readToEnd());
        }
        Until.true_(() -> site.site().gate().snapshot().streams() == 0);
    }

    @Test
    void theClientsEndOfATunnelIsTheUpstreamsEnd() throws Exception {
        Wire client = site.client();
        client.send(WebSocketFrames.HANDSHAKE + "early");
        try (Wire server = upstream.accept()) {
            server.readHead();
            server.send(WebSocketFrames.SWITCH);
            client.readHead();
            client.send("bye");
            client.close();
            assertEquals("earlybye", server.readToEnd());
        }
        Until.true_(() -> site.site().gate().snapshot().streams() == 0);
    }

    @Test
    void aWebSocketIsToldOfTheRestart() throws Exception {
        try (Wire client = site.client()) {
            client.send(WebSocketFrames.HANDSHAKE);
            try (Wire server = upstream.accept()) {
                server.readHead();
                server.send(WebSocketFrames.SWITCH);
                client.readHead();
                byte[] message = WebSocketFrames.unmasked(2, new byte[1 << 20]);
                Thread sending = new Thread(() -> send(server, message));
                sending.start();
                assertArrayEquals(message, client.readBytes(message.length));
                sending.join();
                site.hold();
                assertArrayEquals(WebSocketFrames.CLOSE_1012, client.readBytes(4));
                assertEquals(1012, WebSocketFrames.readMaskedClose(server));
                assertEquals("", client.readToEnd());
                assertEquals("", server.readToEnd());
            }
        }
    }

    @Test
    void anEventStreamComesPieceByPieceAndEndsProperly() throws Exception {
        try (Wire client = site.client();
                H2Wire client2 = new H2Wire(site.port())) {
            client.send(GET);
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                int stream = client2.get("/");
                try (ScriptedUpstream.Arrived arrived2 = upstream.acceptRequest()) {
                    String head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
                    arrived.connection().send(head);
                    arrived2.connection().send(head);
                    assertTrue(client.readHead().startsWith("HTTP/1.1 200 "));
                    assertEquals(H2Wire.HEADERS, client2.readContent(stream).type());
                    for (int i = 0; i < 5; i++) {
                        String event = "data: " + i + "\n\n";
                        arrived.connection().send(event);
                        assertEquals("9\r\n" + event + "\r\n", client.read(14));
                        arrived2.connection().send(event);
                        assertEquals(event, client2.readContent(stream).text());
                    }
                    site.hold();
                    assertEquals("0\r\n\r\n", client.read(5));
                    assertEquals(new H2Wire.Response("", "", -1), client2.readResponse(stream));
                    for (Wire connection : new Wire[] {arrived.connection(), arrived2.connection()}) {
                        assertThrows(IOException.class, () -> connection.readBytes(1), "not the end of TLS");
                    }
                }
            }
        }
    }

    @Test
    void aSlowClientSlowsTheUpstreamAndMissesNothing() throws Exception {
        try (Wire client = site.client()) {
            client.send(GET);
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Length: " + Flood.ALL + "\r\n\r\n");
                client.readHead();
                Flood flood = Flood.to(arrived.connection());
                flood.awaitStandstill();
                assertEquals(Flood.ALL, client.readBytes(Flood.ALL).length);
                flood.awaitEnd();
            }
        }
    }

    @Test
    void aSlowUpstreamSlowsTheClientAndMissesNothing() throws Exception {
        try (Wire client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: " + Flood.ALL + "\r\n\r\n");
            Flood flood = Flood.to(client);
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                flood.awaitStandstill();
                assertEquals(Flood.ALL, arrived.connection().readBytes(Flood.ALL).length);
                flood.awaitEnd();
                arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                assertTrue(client.readResponse().endsWith("ok"));
            }
        }
    }

    private static void send(Wire to, byte[] bytes) {
        try {
            to.send(bytes);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
