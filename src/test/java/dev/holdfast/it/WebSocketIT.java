package dev.holdfast.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets through a real Tomcat: held, released, and open while the application is deployed anew. */
class WebSocketIT {
    private static final byte[] CLOSE_1012 = {(byte) 0x88, 2, 0x03, (byte) 0xf4};
    private static final int PATIENCE_MILLIS = 30_000;

    @TempDir
    Path directory;

    @ParameterizedTest(name = "Tomcat {0}")
    @ValueSource(ints = {10, 11})
    void goThroughAHoldAndAreToldOfTheRestart(int version) throws IOException {
        try (ServerSocket site = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
                TomcatProcess tomcat = TomcatProcess.create(version, directory.resolve("tomcat"))
                        .withUpstream(site.getLocalPort())
                        .deployingWithinASecond()
                        .start()) {
            site.setSoTimeout(PATIENCE_MILLIS);
            tomcat.balance().hold();
            tomcat.balance().awaitDrained();
            try (Socket client = new Socket("127.0.0.1", tomcat.port())) {
                client.setSoTimeout(PATIENCE_MILLIS);
                send(
                        client,
                        "GET /s HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\nearly");
                tomcat.balance().release();

                try (Socket server = site.accept()) {
                    server.setSoTimeout(PATIENCE_MILLIS);
                    assertTrue(head(server).contains("\r\nUpgrade: websocket\r\n"));
                    send(
                            server,
                            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
                    assertTrue(head(client).startsWith("HTTP/1.1 101 "));
                    assertEquals("early", read(server, 5));
                    byte[] message = new byte[4 + 65_000];
                    System.arraycopy(
                            new byte[] {(byte) 0x82, 126, (byte) (65_000 >> 8), (byte) 65_000}, 0, message, 0, 4);
                    server.getOutputStream().write(message);
                    assertArrayEquals(message, client.getInputStream().readNBytes(message.length));

                    Files.setLastModifiedTime(tomcat.contextFile(), FileTime.from(Instant.now()));

                    assertArrayEquals(CLOSE_1012, client.getInputStream().readAllBytes());
                    server.getInputStream().readAllBytes(); // to the end: the connection is not left behind
                }
            }
        }
    }

    private static void send(Socket to, String text) throws IOException {
        to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String head(Socket from) throws IOException {
        InputStream in = from.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("ended after: " + head);
            }
            head.append((char) c);
        }
        return head.toString();
    }

    private static String read(Socket from, int bytes) throws IOException {
        return new String(from.getInputStream().readNBytes(bytes), StandardCharsets.ISO_8859_1);
    }
}
