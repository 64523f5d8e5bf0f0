package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Random;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tunnel to an upstream that is spoken to over TLS, which hands its bytes over in another way than a plain connection. */
class TunnelOverTlsTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    Path directory;

    private SSLServerSocket upstream;
    private TestSite site;

    @BeforeEach
    void start() throws Exception {
        Path keyStore = directory.resolve("keys.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process process = new ProcessBuilder(
                        (keytool + " -genkeypair -alias a -keyalg EC -dname CN=localhost -ext san=dns:localhost"
                                        + " -storetype PKCS12 -storepass " + PASSWORD + " -keystore " + keyStore)
                                .split(" "))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertEquals(0, process.waitFor());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        upstream = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        site = TestSite.before(
                1,
                "holdfast.upstream",
                "https://localhost:" + upstream.getLocalPort(),
                "trustStore",
                keyStore.toString(),
                "trustStorePassword",
                PASSWORD);
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        upstream.close();
    }

    @Test
    void carriesBytesBothWaysAndTheEnd() throws Exception {
        byte[] up = new byte[3_000_000];
        byte[] down = new byte[3_000_000];
        new Random(1).nextBytes(up);
        new Random(2).nextBytes(down);
        try (Wire client = site.client()) {
            client.send(WebSocketFrames.HANDSHAKE);
            Wire server = new Wire(upstream.accept());
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
    void theClientsEndIsTheUpstreamsEnd() throws Exception {
        Wire client = site.client();
        client.send(WebSocketFrames.HANDSHAKE + "early");
        try (Wire server = new Wire(upstream.accept())) {
            server.readHead();
            server.send(WebSocketFrames.SWITCH);
            client.readHead();
            client.send("bye");
            client.close();
            assertEquals("earlybye", server.readToEnd());
        }
        Until.true_(() -> site.site().gate().snapshot().streams() == 0);
    }

    private static void send(Wire to, byte[] bytes) {
        try {
            to.send(bytes);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
