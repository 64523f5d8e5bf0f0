package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The windows of an HTTP/2 connection are used up: then nothing waits in Tomcat, which would not be woken when there is room
 * again, and would close the connection after its {@code writeTimeout}.
 */
class Rfc9113Section52FlowControlTest {
    private static final int WINDOW = 65_535;

    private ScriptedUpstream upstream;
    private TestSite site;
    private final List<ScriptedUpstream.Arrived> requests = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
        site = TestSite.before(upstream.port(), "responseTimeout", "500ms");
        site.http2().setWriteTimeout(300); // what blocks, fails soon
        site.http2().setStreamWriteTimeout(300);
        site.http2().setOverheadWindowUpdateThreshold(0); // else Tomcat takes small ones for an attack
    }

    @AfterEach
    void stop() throws Exception {
        for (ScriptedUpstream.Arrived one : requests) {
            one.close();
        }
        site.close();
        upstream.close();
    }

    private int answered(H2Wire client, int length) throws Exception {
        int stream = client.get("/");
        ScriptedUpstream.Arrived arrived = upstream.acceptRequest();
        requests.add(arrived);
        arrived.connection()
                .send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + length + "\r\n\r\n"
                        + "x".repeat(length));
        return stream;
    }

    private static int awaitBytes(H2Wire client, int stream, int length) throws Exception {
        int got = 0;
        while (got < length) {
            H2Wire.Frame frame = client.readContent(stream);
            assertTrue(frame.type() <= H2Wire.HEADERS, frame.toString());
            got += frame.type() == H2Wire.DATA ? frame.payload().length : 0;
        }
        return got;
    }

    private static void awaitEnd(H2Wire client, int stream) throws Exception {
        H2Wire.Frame frame;
        do {
            frame = client.readContent(stream);
            assertTrue(frame.type() <= H2Wire.HEADERS, frame.toString());
        } while (!frame.ends());
    }

    /** Whichever byte it is that does not fit, the first, one in the middle, or the last. */
    @Test
    void aResponseWaitsForTheConnectionsWindowAndHoldsUpNobody() throws Exception {
        for (int room : new int[] {0, 1, 3, 5}) {
            try (H2Wire client = new H2Wire(site.port(), 10 * WINDOW, WINDOW, 0)) {
                int first = answered(client, WINDOW - room);
                awaitEnd(client, first);
                int second = answered(client, 6);
                awaitBytes(client, second, room);

                awaitEnd(client, answered(client, 0)); // needs no room
                Thread.sleep(400); // that nothing happens is no event
                client.grant(0, 6 - room);

                assertEquals(6 - room, awaitBytes(client, second, 6 - room));
                awaitEnd(client, second);
                client.grant(0, 2);
                awaitEnd(client, answered(client, 2));
            }
        }
    }

    @Test
    void aResponseWaitsForItsOwnWindowAndHoldsUpNobody() throws Exception {
        for (int room : new int[] {1, 3, 5}) {
            try (H2Wire client = new H2Wire(site.port(), room, WINDOW, 0)) {
                int first = answered(client, 6);
                awaitBytes(client, first, room);

                awaitEnd(client, answered(client, 1));
                Thread.sleep(400);
                client.grant(first, 6 - room);

                assertEquals(6 - room, awaitBytes(client, first, 6 - room));
                awaitEnd(client, first);
            }
        }
    }

    @Test
    void anAnswerOfOurOwnWaitsToo() throws Exception {
        try (H2Wire client = new H2Wire(site.port(), 10 * WINDOW, WINDOW, 0)) {
            awaitEnd(client, answered(client, WINDOW - 3));
            int second = client.get("/");
            upstream.acceptRequest().connection().reset();
            assertTrue(client.readContent(second).fields().startsWith(":status: 502\n"));
            awaitBytes(client, second, 3);

            awaitEnd(client, answered(client, 0));
            Thread.sleep(400);
            client.grant(0, WINDOW);

            awaitEnd(client, second);
        }
    }

    /** For three times responseTimeout, with more on its way than buffers take. */
    @Test
    void aWindowThatIsNotGrantedIsNoSilenceOfTheUpstream() throws Exception {
        int length = 20_000_000;
        for (int[] windows : new int[][] {{WINDOW, 10 * WINDOW}, {10 * WINDOW, WINDOW}}) {
            try (H2Wire client = new H2Wire(site.port(), windows[0], windows[1], 0)) {
                int stream = client.get("/");
                try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                    CompletableFuture<Void> sending =
                            CompletableFuture.runAsync(() -> send(arrived.connection(), length));
                    awaitBytes(client, stream, WINDOW);
                    arrived.connection().socket().setSoTimeout(1500);
                    assertThrows(
                            SocketTimeoutException.class,
                            () -> arrived.connection().read(1));
                    assertFalse(sending.isDone());

                    client.grant(0, length);
                    client.grant(stream, length);

                    assertEquals(length - WINDOW, awaitBytes(client, stream, length - WINDOW));
                    awaitEnd(client, stream);
                    sending.get(10, TimeUnit.SECONDS);
                }
            }
        }
    }

    private static void send(Wire connection, int length) {
        try {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
            connection.send(new byte[length]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What Node does with a page of many parts: small and large ones at once, with room for a few. */
    @Test
    void manySmallAndLargeResponsesAtOnceAllComeWhole() throws Exception {
        try (H2Wire client = new H2Wire(site.port())) {
            Map<Integer, Integer> left = new HashMap<>();
            for (int i = 0; i < 60; i++) {
                int length = i % 3 == 0 ? i * 1000 : 6;
                left.put(answered(client, length), length);
            }
            int taken = 0;
            while (!left.isEmpty()) {
                H2Wire.Frame frame = client.readAny();
                assertTrue(frame.type() != H2Wire.RST_STREAM && frame.type() != H2Wire.GOAWAY, frame.toString());
                if (frame.type() == H2Wire.DATA) {
                    left.merge(frame.stream(), -frame.payload().length, Integer::sum);
                    taken += frame.payload().length;
                }
                if (taken > WINDOW / 2) { // as many as are left are enough for the rest, or for as many again
                    client.grant(0, taken);
                    taken = 0;
                }
                if (frame.ends()) {
                    assertEquals(0, left.remove(frame.stream()));
                }
            }
        }
    }
}
