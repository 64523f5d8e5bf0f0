package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.holdfast.gate.Reason;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An upstream at a Unix socket. */
class UpstreamSocketTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: site\r\n\r\n";

    @TempDir
    Path directory;

    private final LogTap log = new LogTap();
    private Path socket;
    private TestSite site;
    private Wire client;

    @BeforeEach
    void start() throws Exception {
        socket = directory.resolve("site.sock");
        site = TestSite.before(0, "upstream", "unix:" + socket, "connectTimeout", "2s", "preserveHost", "false");
        client = site.client();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        site.close();
        log.close();
    }

    private SmallSite upstream() throws IOException {
        return new SmallSite(Door.unix(socket), SmallSite.OK);
    }

    private void assertOk() throws IOException {
        client.send(GET);
        assertTrue(client.readResponse().endsWith("ok"));
    }

    @Test
    void aConnectionServesManyRequests() throws Exception {
        try (SmallSite upstream = upstream()) {
            for (int i = 0; i < 50; i++) {
                assertOk();
            }
            assertEquals(50, upstream.arrivals("/"));
            assertTrue(upstream.connections() <= 5, "connections: " + upstream.connections());
        }
    }

    @Test
    void isClosedWhenTheGateIsDrained() throws Exception {
        try (SmallSite upstream = upstream()) {
            assertOk();
            assertEquals(1, upstream.openConnections());

            site.hold();

            Until.true_(() -> upstream.openConnections() == 0);
        }
    }

    @Test
    void isLocalhostToTheUpstream() throws Exception {
        try (SmallSite upstream = new SmallSite(
                Door.unix(socket),
                (request, out, end) -> out.write(SmallSite.response(
                        request.head().contains("\r\nHost: localhost\r\n") ? "localhost" : "other")))) {
            client.send(GET);
            assertTrue(client.readResponse().endsWith("localhost"), upstream.address());
        }
    }

    @Test
    void thatIsAbsentHoldsTheRequestUntilItIsThere() throws Exception {
        assertHeldUntilThere();
    }

    @Test
    void whereNobodyListensHoldsTheRequestUntilSomebodyDoes() throws Exception {
        ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        dead.bind(UnixDomainSocketAddress.of(socket));
        dead.close();
        assertTrue(Files.exists(socket));

        assertHeldUntilThere();
    }

    private void assertHeldUntilThere() throws Exception {
        client.send("POST /a HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\nhello");
        site.awaitHeld(1);
        var closure = site.site().gate().snapshot().closures().get(0);
        assertEquals(Reason.UPSTREAM, closure.reason());
        assertTrue(closure.detail().startsWith("unix:" + socket + " refuses connections"), closure.detail());
        Files.deleteIfExists(socket);

        try (SmallSite upstream = upstream()) {
            assertTrue(client.readResponse().endsWith("ok"));
            assertEquals(1, upstream.arrivals("/a"));
        }
    }

    /** Once when there is the head and a part, which is kept, and once more when the upstream may be there. */
    @Test
    void thatIsAbsentHoldsARequestWhoseBodyHasComeInPart() throws Exception {
        client.send("POST /a HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\nhe");
        site.awaitHeld(1);
        client.send("llo");

        List<String> bodies = new CopyOnWriteArrayList<>();
        try (SmallSite upstream = new SmallSite(Door.unix(socket), (request, out, end) -> {
            bodies.add(new String(request.body(), StandardCharsets.US_ASCII));
            SmallSite.OK.answer(request, out, end);
        })) {
            assertTrue(client.readResponse().endsWith("ok"), upstream.address());
        }
        assertEquals(List.of("hello"), bodies);
    }

    @Test
    void isReachedAgainAfterARestartBehindTheSamePath() throws Exception {
        for (int round = 0; round < 90; round++) {
            try (SmallSite upstream = upstream()) {
                client.send("POST /a HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\nhello");
                assertTrue(client.readResponse().endsWith("ok"));
                assertEquals(1, upstream.arrivals("/a"));
            }
        }
    }

    /**
     * It was 502 when the container had been asked for the body by the time the write of the head failed: such a request could neither
     * be tried again nor held. The bodies: sent in one piece with the head, sent behind it, and not here yet.
     */
    @ParameterizedTest
    @ValueSource(ints = {5, 5_000, 50_000})
    void thatTakesNothingMoreOfAKeptConnectionDoesNotLoseThePost(int length) throws Exception {
        try (SocketChannel kept = connectionThatTakesNothingMore()) {
            client.send(
                    "POST /a HTTP/1.1\r\nHost: site\r\nContent-Length: " + length + "\r\n\r\n" + "x".repeat(length));
            site.awaitHeld(1); // nobody listens any more
            try (SmallSite upstream = upstream()) {
                assertTrue(client.readResponse().endsWith("ok"), kept.toString());
                assertEquals(1, upstream.arrivals("/a"));
            }
        }
        assertFalse(log.has("502: "), log.all());
    }

    /** After one request; nothing is to be read from it that would tell. */
    private SocketChannel connectionThatTakesNothingMore() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            client.send(GET);
            SocketChannel accepted = server.accept();
            accepted.read(ByteBuffer.allocate(8 * 1024));
            accepted.write(ByteBuffer.wrap(SmallSite.response("ok")));
            assertTrue(client.readResponse().endsWith("ok"));
            accepted.shutdownInput();
            return accepted;
        } finally {
            Files.delete(socket);
        }
    }

    @Test
    void withAFullQueueIsTriedUntilThereIsRoom() throws Exception {
        try (FullSocket full = new FullSocket(socket)) {
            client.send(GET);
            Until.true_(() -> site.site().gate().snapshot().inFlight() == 1);

            full.acceptUntilRequest();

            assertTrue(client.readResponse().endsWith("ok"));
        }
    }

    @Test
    void withAQueueThatStaysFullIs502AfterTheConnectTimeout() throws Exception {
        try (FullSocket full = new FullSocket(socket)) {
            client.send(GET);
            assertTrue(client.readResponse().startsWith("HTTP/1.1 502 "), full.toString());
            assertTrue(log.has("502: unix:" + socket, "Resource temporarily unavailable"), log.all());
        }
    }

    @Test
    void thatMayNotBeUsedIs502() throws Exception {
        assumeFalse(System.getProperty("user.name").equals("root"), "who may do everything");
        try (SmallSite upstream = upstream()) {
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("---------"));
            client.send(GET);
            assertTrue(client.readResponse().startsWith("HTTP/1.1 502 "));
            assertTrue(log.has("502: " + upstream.address(), "Permission denied"), log.all());
        }
    }

    @Test
    void inTheBalanceFileGetsTheHeldRequests() throws Exception {
        site.hold();
        client.send(GET);
        site.awaitHeld(1);
        Path other = directory.resolve("other.sock");
        try (SmallSite green = new SmallSite(Door.unix(other), SmallSite.OK)) {
            site.balance(green.address() + "\n");

            assertTrue(client.readResponse().endsWith("ok"));
            assertEquals(1, green.arrivals("/"));
        }
    }

    @Test
    void withAPathThatIsTooLongInTheBalanceFileGoesOnHoldingAndSaysWhy() throws Exception {
        site.hold();
        client.send(GET);
        site.awaitHeld(1);

        site.balance("unix:/run/" + "x".repeat(120));

        Until.true_(() -> log.has("is malformed, so requests are held", "106 bytes"));
        site.awaitHeld(1);
    }

    /** A socket whose queue of connections, which nobody accepts, is full. */
    private static final class FullSocket implements AutoCloseable {
        private final ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        private final List<SocketChannel> waiting = new ArrayList<>();

        FullSocket(Path file) throws IOException {
            server.bind(UnixDomainSocketAddress.of(file), 1);
            try {
                for (; ; ) {
                    SocketChannel next = SocketChannel.open(StandardProtocolFamily.UNIX);
                    waiting.add(next);
                    next.configureBlocking(false);
                    next.connect(UnixDomainSocketAddress.of(file));
                }
            } catch (IOException full) {
                assertEquals("Resource temporarily unavailable", full.getMessage());
            }
        }

        void acceptUntilRequest() throws IOException {
            for (SocketChannel each : waiting) {
                each.close();
            }
            for (; ; ) {
                SocketChannel accepted = server.accept();
                if (Channels.newInputStream(accepted).read() >= 0) {
                    accepted.write(ByteBuffer.wrap(SmallSite.response("ok")));
                    return;
                }
                accepted.close();
            }
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel each : waiting) {
                each.close();
            }
            server.close();
        }
    }
}
