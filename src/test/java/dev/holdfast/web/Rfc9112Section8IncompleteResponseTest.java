package dev.holdfast.web;

import static dev.holdfast.web.ResponseRelay.GET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An upstream that leaves or falls silent: 502 and 504 before its answer, a cut, never an end, in it. */
class Rfc9112Section8IncompleteResponseTest {
    private static final String[] FRAMINGS = {
        "Content-Length: 10\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
    };

    private ResponseRelay relay;
    private Wire client;

    @BeforeEach
    void start() throws Exception {
        relay = new ResponseRelay("responseTimeout", "500ms");
        client = relay.site.client();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        relay.close();
    }

    private enum End {
        FIN,
        RESET;

        void of(Wire connection) throws IOException {
            if (this == FIN) {
                connection.shutdownOutput();
            } else {
                connection.reset();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void noAnswerIs502(End end) throws Exception {
        client.send(GET);
        end.of(relay.upstream.acceptRequest().connection());
        assertTrue(client.readResponse().startsWith("HTTP/1.1 502 "));
    }

    @ParameterizedTest
    @EnumSource
    void aCutInTheHeadIs502(End end) throws Exception {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: a\r\n";
        for (int length : new int[] {1, 8, 12, 17, 30, head.length() - 3, head.length()}) {
            client.send(GET);
            ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest();
            arrived.connection().send(head.substring(0, length));
            end.of(arrived.connection());
            String answer = client.readResponse();
            assertTrue(answer.startsWith("HTTP/1.1 502 "), answer);
            assertFalse(answer.contains("Set-Cookie"), answer);
            arrived.close();
        }
    }

    /** HttpCore reads the end before it has parsed the second head. */
    @Test
    void anInterimAndAWholeFinalResponseTogetherWithTheEndAreAnAnswer() throws Exception {
        for (String last :
                new String[] {"204 No Content\r\n\r\n", "200 OK\r\n\r\n", "200 OK\n\n", "200 OK\r\n\r\nhello"}) {
            try (Wire asking = relay.site.client()) {
                asking.send(GET);
                ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest();
                arrived.connection().send("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 " + last);
                arrived.connection().shutdownOutput();
                String head = asking.readHead();
                assertTrue(head.startsWith("HTTP/1.1 " + last.substring(0, 3)), last + head);
                if (last.endsWith("hello")) {
                    assertEquals("5\r\nhello\r\n0\r\n\r\n", asking.read(15));
                }
                arrived.close();
            }
        }
    }

    @Test
    void anInterimResponseTogetherWithACutFinalOneIs502() throws Exception {
        for (String last : new String[] {"", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"}) {
            client.send(GET);
            ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest();
            arrived.connection().send("HTTP/1.1 102 Processing\r\n\r\n" + last);
            arrived.connection().shutdownOutput();
            assertTrue(client.readResponse().startsWith("HTTP/1.1 502 "), last);
            arrived.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCutInTheBodyIsACut(End end) throws Exception {
        for (String framing : FRAMINGS) {
            try (Wire cut = relay.site.client()) {
                cut.send(GET);
                ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest();
                arrived.connection().send("HTTP/1.1 200 OK\r\n" + framing);
                cut.readHead();
                String body = framing.substring(framing.indexOf("\r\n\r\n") + 4);
                assertEquals(body, cut.read(body.length()));
                end.of(arrived.connection());
                String rest = cut.readToEnd();
                assertTrue(rest.isEmpty() || rest.equals("<reset>"), rest);
                arrived.close();
            }
        }
    }

    @Test
    void aResetIsNoEndOfWhatEndsWithTheConnection() throws Exception {
        client.send(GET);
        ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest();
        arrived.connection().send("HTTP/1.1 200 OK\r\n\r\nhello");
        client.readHead();
        assertEquals("5\r\nhello\r\n", client.read(10));
        arrived.connection().reset();
        String rest = client.readToEnd();
        assertTrue(rest.isEmpty() || rest.equals("<reset>"), rest);
    }

    @ParameterizedTest
    @EnumSource
    void overHttp2ACutIsAReset(End end) throws Exception {
        for (String framing : FRAMINGS) {
            try (H2Wire cut = new H2Wire(relay.site.port())) {
                int stream = cut.get("/");
                ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest();
                arrived.connection().send("HTTP/1.1 200 OK\r\nTrailer: X-T\r\n" + framing);
                assertEquals(H2Wire.HEADERS, cut.readContent(stream).type());
                assertEquals("hello", cut.readContent(stream).text());
                end.of(arrived.connection());
                H2Wire.Frame last = cut.readContent(stream);
                assertEquals(H2Wire.RST_STREAM, last.type());
                arrived.close();
                // The other streams live on.
                int next = cut.get("/next");
                try (ScriptedUpstream.Arrived again = relay.upstream.acceptRequest()) {
                    again.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    H2Wire.Response response = cut.readResponse(next);
                    assertEquals("ok", response.body());
                    assertEquals(-1, response.reset());
                }
            }
        }
    }

    @Test
    void silenceIs504AlsoAfterAnInterimResponse() throws Exception {
        client.send(GET);
        try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
            arrived.connection().send("HTTP/1.1 102 Processing\r\n\r\n");
            assertTrue(client.readResponse().startsWith("HTTP/1.1 504 "));
            assertEquals("<reset>", arrived.connection().readToEnd());
        }
    }

    @Test
    void silenceInTheHeadIs504() throws Exception {
        client.send(GET);
        try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
            arrived.connection().send("HTTP/1.1 200 OK\r\nSet-Cookie: a");
            String answer = client.readResponse();
            assertTrue(answer.startsWith("HTTP/1.1 504 "), answer);
            assertFalse(answer.contains("Set-Cookie"), answer);
        }
    }

    @Test
    void silenceInTheBodyIsACut() throws Exception {
        for (String framing : FRAMINGS) {
            try (Wire cut = relay.site.client()) {
                cut.send(GET);
                try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                    arrived.connection().send("HTTP/1.1 200 OK\r\n" + framing);
                    cut.readHead();
                    String rest = cut.readToEnd();
                    assertEquals(framing.substring(framing.indexOf("\r\n\r\n") + 4), rest.replace("<reset>", ""));
                    assertEquals("<reset>", arrived.connection().readToEnd());
                }
            }
        }
    }

    /** Far longer than responseTimeout, all in all; never so long at once. */
    @Test
    void slowIsNotSilent() throws Exception {
        client.send(GET);
        try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
            arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n");
            client.readHead();
            for (int i = 0; i < 12; i++) {
                silenceOf(arrived.connection(), 100);
                arrived.connection().send("x");
                assertEquals("x", client.read(1));
            }
        }
    }

    /** The client's own slowness, for three times responseTimeout, with more on its way than buffers take. */
    @Test
    void aClientThatDoesNotReadIsNoSilenceOfTheUpstream() throws Exception {
        int size = 40_000_000;
        for (boolean chunked : new boolean[] {false, true}) {
            try (Wire slow = relay.site.client()) {
                slow.send(GET);
                try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                    CompletableFuture<Void> sent =
                            CompletableFuture.runAsync(() -> sendBody(arrived.connection(), size, chunked));
                    slow.readHead();
                    silenceOf(arrived.connection(), 1500); // nothing is said, and nothing is cut
                    assertFalse(sent.isDone());
                    if (chunked) {
                        readChunks(slow, size);
                    } else {
                        assertEquals(size, slow.readBytes(size).length);
                    }
                    sent.get(10, TimeUnit.SECONDS);
                }
            }
        }
    }

    private static void readChunks(Wire client, int size) throws IOException {
        int left = size;
        while (left > 0) {
            StringBuilder line = new StringBuilder();
            while (line.indexOf("\r\n") < 0) {
                line.append(client.read(1));
            }
            int length = Integer.parseInt(line.toString().strip(), 16);
            assertEquals(length, client.readBytes(length).length);
            assertEquals("\r\n", client.read(2));
            left -= length;
        }
        assertEquals("0\r\n\r\n", client.read(5));
    }

    private static void silenceOf(Wire connection, int millis) throws IOException {
        connection.socket().setSoTimeout(millis);
        try {
            assertEquals("silence", connection.read(1));
        } catch (SocketTimeoutException expected) {
            connection.socket().setSoTimeout(10_000);
        }
    }

    private static void sendBody(Wire connection, int size, boolean chunked) {
        try {
            connection.send("HTTP/1.1 200 OK\r\n" + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + size)
                    + "\r\n\r\n");
            byte[] piece = new byte[10_000];
            for (int sent = 0; sent < size; sent += piece.length) {
                if (chunked) {
                    connection.send("2710\r\n");
                }
                connection.send(piece);
                if (chunked) {
                    connection.send("\r\n");
                }
            }
            if (chunked) {
                connection.send("0\r\n\r\n");
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
