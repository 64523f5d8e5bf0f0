package dev.holdfast.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.web.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients that take their time, each kind more of them than there are threads, and all at once: none of them delays another
 * client. If one of them had a thread, the others would wait for the container's time limits, of 20 s.
 */
class SlowClientsIT {
    private static final int MANY = 250;
    private static final int PIPELINED = 20;
    private static final int OTHERS = 100;
    private static final int PATIENCE_MILLIS = 5_000;
    private static final int LARGE = 1 << 20;
    private static final Pattern TLS_PORT =
            Pattern.compile("Starting ProtocolHandler \\[\"https-[^\"]*-auto-\\d+-(\\d+)\"");

    enum Front {
        RUNNER,
        STOCK_TOMCAT,
        TOMCAT_CONF,
        TOMCAT_10_CONF
    }

    @TempDir
    Path directory;

    private final List<Socket> slow = new ArrayList<>();
    private final AtomicInteger uploads = new AtomicInteger();
    private final ExecutorService siteThreads = Executors.newCachedThreadPool();
    private HttpServer site;

    @BeforeEach
    void startSite() throws IOException {
        site = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 1000);
        site.setExecutor(siteThreads);
        site.createContext("/small", exchange -> answer(exchange, 1024));
        site.createContext("/large", exchange -> answer(exchange, LARGE));
        site.createContext("/upload", exchange -> {
            uploads.incrementAndGet();
            exchange.getRequestBody().readAllBytes();
            answer(exchange, 1);
        });
        site.start();
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket each : slow) {
            each.close();
        }
        site.stop(0);
        siteThreads.shutdownNow();
    }

    private static void answer(HttpExchange exchange, int bytes) throws IOException {
        exchange.sendResponseHeaders(200, bytes);
        exchange.getResponseBody().write(new byte[bytes]);
        exchange.close();
    }

    @ParameterizedTest
    @EnumSource(Front.class)
    void delayNobodyElse(Front front) throws Exception {
        int port = site.getAddress().getPort();
        if (front == Front.RUNNER) {
            try (HoldfastProcess holdfast = HoldfastProcess.start(directory, port, List.of())) {
                takeTheirTime(holdfast.port());
                assertOthersAreAnswered(new Socket("127.0.0.1", holdfast.port()));
            }
            return;
        }
        Path base = directory.resolve("tomcat");
        try (TomcatProcess tomcat = TomcatProcess.create(front == Front.TOMCAT_10_CONF ? 10 : 11, base)
                .withUpstream(port)) {
            if (front == Front.STOCK_TOMCAT) {
                tomcat.withStockServerXml();
            }
            SSLContext tls = addTlsConnector(base);
            tomcat.start();
            int tlsPort =
                    Integer.parseInt(tomcat.process().awaitOutput(TLS_PORT).group(1));
            takeTheirTime(tomcat.port());
            beginHandshakes(tls, tlsPort);
            assertOthersAreAnswered(new Socket("127.0.0.1", tomcat.port()));
            assertOthersAreAnswered(tls.getSocketFactory().createSocket("127.0.0.1", tlsPort));
        }
    }

    private void takeTheirTime(int port) throws IOException {
        for (int i = 0; i < MANY; i++) {
            send(port, "GET / HT");
            send(port, "POST /upload HTTP/1.1\r\nHost: site\r\nContent-Length: 1000\r\n\r\na");
        }
        List<Socket> neverRead = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            neverRead.add(send(port, "GET /large HTTP/1.1\r\nHost: site\r\n\r\n".repeat(PIPELINED)));
        }
        await("all to be on their way").atMost(30, TimeUnit.SECONDS).until(() -> {
            for (Socket each : neverRead) {
                if (each.getInputStream().available() == 0) {
                    return false;
                }
            }
            return uploads.get() == MANY;
        });
    }

    private Socket send(int port, String text) throws IOException {
        return send(port, text.getBytes(US_ASCII));
    }

    private Socket send(int port, byte[] bytes) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        slow.add(socket);
        socket.getOutputStream().write(bytes);
        return socket;
    }

    /** Half of them stop in the middle of their first message, the others do not react to the answer. */
    private void beginHandshakes(SSLContext tls, int port) throws IOException {
        for (int i = 0; i < MANY; i++) {
            SSLEngine engine = tls.createSSLEngine("127.0.0.1", port);
            engine.setUseClientMode(true);
            ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), hello);
            byte[] bytes = new byte[i % 2 == 0 ? hello.position() : hello.position() / 2];
            hello.get(0, bytes);
            send(port, bytes);
        }
    }

    private static void assertOthersAreAnswered(Socket connected) throws IOException {
        try (Socket socket = connected) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            for (int i = 0; i < OTHERS; i++) {
                socket.getOutputStream().write("GET /small HTTP/1.1\r\nHost: site\r\n\r\n".getBytes(US_ASCII));
                StringBuilder head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    int c = socket.getInputStream().read();
                    assertTrue(c >= 0, head::toString);
                    head.append((char) c);
                }
                assertTrue(head.toString().startsWith("HTTP/1.1 200 "), head::toString);
                assertEquals(1024, socket.getInputStream().readNBytes(1024).length);
            }
        }
    }

    private SSLContext addTlsConnector(Path base) throws Exception {
        TestCertificates certificates = new TestCertificates(directory);
        Path key = certificates.key("site", "ip:127.0.0.1");
        String connector = "<Connector port=\"0\" address=\"127.0.0.1\" SSLEnabled=\"true\""
                + " protocol=\"org.apache.coyote.http11.Http11NioProtocol\"><SSLHostConfig><Certificate"
                + " certificateKeystoreFile=\"" + key + "\" certificateKeystorePassword=\"" + TestCertificates.PASSWORD
                + "\"/></SSLHostConfig></Connector>";
        TomcatProcess.edit(base.resolve("conf/server.xml"), "(<Engine [^>]*localhost\">)", connector + "\n$1");
        KeyStore trusted = KeyStore.getInstance(
                certificates.trust(key, "PKCS12").toFile(), TestCertificates.PASSWORD.toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** Stderr is a pipe that is full, and nobody reads it. */
    @Test
    void norDoesALogThatCannotBeWritten() throws Exception {
        Path pipe = directory.resolve("log");
        run("mkfifo", pipe.toString());
        BalanceFile balance = new BalanceFile(directory.resolve("balance"));
        balance.release();
        List<String> command = List.of(
                "sh",
                "-c",
                "exec \"$0\" \"$@\" 2<>log", // as somebody who could read it, so that it is a pipe that is not broken
                ChildProcess.java(),
                "-jar",
                HoldfastProcess.war().toString(),
                "--port",
                "0",
                "--address",
                "127.0.0.1",
                "--upstream",
                "http://127.0.0.1:" + site.getAddress().getPort());
        try (ChildProcess holdfast = ChildProcess.start(directory, directory.resolve("out"), Map.of(), command)) {
            int port = Integer.parseInt(holdfast.awaitOutput(Pattern.compile("serves http://[^\\s/]+:(\\d+)"))
                    .group(1));
            new ProcessBuilder("dd", "if=/dev/zero", "of=" + pipe, "bs=4096", "oflag=nonblock", "conv=notrunc")
                    .start()
                    .waitFor(); // fails when it is full
            for (int upgrade = 0; upgrade < 3; upgrade++) {
                balance.hold();
                balance.awaitDrained();
                try (ClientConnection client = new ClientConnection(port)) {
                    client.get("/small");
                    balance.release();
                    assertEquals(200, client.receive().status());
                }
            }
            holdfast.terminate();
            assertEquals(0, holdfast.awaitExit(Duration.ofSeconds(30)));
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
    }
}
