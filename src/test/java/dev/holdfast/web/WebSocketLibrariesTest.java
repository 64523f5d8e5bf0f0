package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real WebSocket client and a real WebSocket server, with Holdfast between them. */
class WebSocketLibrariesTest {
    private static final int MEGABYTE = 1024 * 1024;

    private EchoWebSocketServer upstream;
    private TestSite site;
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        upstream = new EchoWebSocketServer();
        site = TestSite.before(upstream.getPort(), "closeStreams", "100ms");
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        upstream.close();
    }

    @Test
    void carriesMessagesOfAMegabyteInFragments() throws Exception {
        Client client = new Client();
        WebSocket socket = client.connect().get(10, TimeUnit.SECONDS);
        for (int i = 0; i < 10; i++) {
            byte[] message = message(i);
            send(socket, message);
            assertArrayEquals(message, client.next());
        }
        socket.sendPing(ByteBuffer.wrap(new byte[] {1, 2})).get(10, TimeUnit.SECONDS);
        assertArrayEquals(new byte[] {1, 2}, client.next());
        socket.abort();
    }

    @Test
    void carriesFiftyAtATime() throws Exception {
        List<Client> clients = new ArrayList<>();
        List<CompletableFuture<WebSocket>> sockets = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            clients.add(new Client());
            sockets.add(clients.get(i).connect());
        }
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int number = i;
            WebSocket socket = sockets.get(i).get(20, TimeUnit.SECONDS);
            Thread sender = new Thread(() -> send(socket, message(number)));
            sender.start();
            senders.add(sender);
        }
        for (int i = 0; i < 50; i++) {
            assertArrayEquals(message(i), clients.get(i).next());
            senders.get(i).join();
            sockets.get(i).get().sendClose(4000 + i, "").get(10, TimeUnit.SECONDS);
        }
        Until.true_(() -> site.site().gate().snapshot().streams() == 0);
        Until.true_(() -> upstream.closeCodes.size() == 50);
    }

    @Test
    void carriesCloseCodesBothWays() throws Exception {
        // This client ends its side right behind the close frame, and this server may take the end for the first: it
        // does so
        // without Holdfast, too.
        List<Integer> codes = new ArrayList<>();
        while (!codes.contains(4321) && codes.size() < 10) {
            new Client()
                    .connect()
                    .get(10, TimeUnit.SECONDS)
                    .sendClose(4321, "enough")
                    .get(10, TimeUnit.SECONDS);
            codes.add(upstream.closeCodes.poll(10, TimeUnit.SECONDS));
        }
        assertTrue(codes.contains(4321), codes::toString);

        Client sentAway = new Client();
        sentAway.connect().get(10, TimeUnit.SECONDS).sendText("close 4567", true);
        assertEquals(4567, sentAway.closed.get(10, TimeUnit.SECONDS));
    }

    @Test
    void holdsTheHandshake() throws Exception {
        site.hold();
        Client client = new Client();
        CompletableFuture<WebSocket> connecting = client.connect();
        site.awaitHeld(1);
        assertFalse(connecting.isDone());
        site.release();
        byte[] message = message(1);
        send(connecting.get(10, TimeUnit.SECONDS), message);
        assertArrayEquals(message, client.next());
    }

    @Test
    void tellsBothThatTheServiceRestarts() throws Exception {
        Client client = new Client();
        client.connect().get(10, TimeUnit.SECONDS);
        site.hold();
        assertEquals(1012, client.closed.get(10, TimeUnit.SECONDS));
        assertEquals(1012, upstream.closeCodes.poll(10, TimeUnit.SECONDS));
        Until.true_(() -> site.site().gate().snapshot().streams() == 0);
    }

    private static byte[] message(int seed) {
        byte[] bytes = new byte[MEGABYTE + seed];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void send(WebSocket socket, byte[] message) {
        int piece = 100_000;
        for (int from = 0; from < message.length; from += piece) {
            int length = Math.min(piece, message.length - from);
            boolean last = from + length == message.length;
            socket.sendBinary(ByteBuffer.wrap(message, from, length), last).join();
        }
    }

    private final class Client implements WebSocket.Listener {
        final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();

        CompletableFuture<WebSocket> connect() {
            return http.newWebSocketBuilder()
                    .connectTimeout(Duration.ofSeconds(30))
                    .buildAsync(URI.create("ws://127.0.0.1:" + site.port() + "/echo"), this);
        }

        byte[] next() throws InterruptedException {
            return messages.poll(20, TimeUnit.SECONDS);
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            message.writeBytes(bytes);
            if (last) {
                messages.add(message.toByteArray());
                message.reset();
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPong(WebSocket socket, ByteBuffer data) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            messages.add(bytes);
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closed.completeExceptionally(error);
        }
    }
}
