package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An answer that comes before the end of an upload, for clients that do not all keep to the rules: curl 7.88 ends its upload as soon
 * as it has the head, however much it had announced, and throws away what it has not looked at when a reset comes.
 */
class Rfc9113Section81EarlyAnswerTest {
    private static final String LARGE = "x".repeat(4_000); // many small ones Tomcat takes for an attack

    private ScriptedUpstream upstream;
    private TestSite site;
    private H2Wire client;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
        site = TestSite.before(upstream.port());
        client = new H2Wire(site.port());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        site.close();
        upstream.close();
    }

    private int upload() throws IOException {
        int stream = client.request("POST", "/", false, "content-length", "100000");
        client.data(stream, "abc", false);
        return stream;
    }

    /** Until Tomcat has seen all that was sent before; nothing may have come on this stream meanwhile. */
    private void seesAll(int quiet) throws IOException {
        client.ping();
        H2Wire.Frame frame;
        do {
            frame = client.readAny();
            assertTrue(
                    frame.stream() != quiet || frame.type() == H2Wire.WINDOW_UPDATE, "a frame of type " + frame.type());
        } while (frame.type() != H2Wire.PING);
    }

    private void assertEndsWell(int stream, String body) throws IOException {
        H2Wire.Response rest = client.readResponse(stream);
        assertEquals(-1, rest.reset(), "reset");
        assertEquals(body, rest.body());
        seesAll(stream);
    }

    @Test
    void isWholeForWhoEndsTheUploadTooSoonWhenTheHeadHasCome() throws Exception {
        int stream = upload();
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertEquals("abc", arrived.connection().read(3));
            arrived.connection().send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\n");
            assertTrue(client.readContent(stream).fields().startsWith(":status: 413\n"));
            client.data(stream, "", true);
            seesAll(stream);
            arrived.connection().send("big");
            assertEndsWell(stream, "big");
        }
    }

    @Test
    void isWholeForWhoEndsTheUploadTooSoonWhenTheBodyHasCome() throws Exception {
        int stream = upload();
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertEquals("abc", arrived.connection().read(3));
            arrived.connection().send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
            assertTrue(client.readContent(stream).fields().startsWith(":status: 413\n"));
            assertEquals("big", client.readContent(stream).text());
            client.data(stream, "x".repeat(9_000), true);
            assertEndsWell(stream, "");
        }
    }

    /** As a call of gRPC does that streams both ways. */
    @Test
    void ofASuccessLetsBothGoOnUntilEitherEndsFirst() throws Exception {
        for (boolean uploadFirst : new boolean[] {true, false}) {
            int stream = client.request("POST", "/", false);
            client.data(stream, LARGE, false);
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                assertEquals("fa0\r\n" + LARGE + "\r\n", arrived.connection().read(4007));
                arrived.connection().send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                assertTrue(client.readContent(stream).fields().startsWith(":status: 200\n"));
                for (int i = 0; i < 5; i++) {
                    client.data(stream, LARGE, false);
                    assertEquals(
                            "fa0\r\n" + LARGE + "\r\n", arrived.connection().read(4007));
                    arrived.connection().send("1\r\n" + i + "\r\n");
                    assertEquals("" + i, client.readContent(stream).text());
                }
                if (!uploadFirst) {
                    arrived.connection().send("1\r\nx\r\n0\r\n\r\n");
                    assertEquals("x", client.readContent(stream).text());
                }
                client.data(stream, "last", true);
                assertEquals("4\r\nlast\r\n0\r\n\r\n", arrived.connection().read(14));
                if (uploadFirst) {
                    arrived.connection().send("1\r\nx\r\n0\r\n\r\n");
                }
                assertEndsWell(stream, uploadFirst ? "x" : "");
            }
        }
    }

    @Test
    void ofASuccessWithALengthLetsTheUploadGoOn() throws Exception {
        int stream = client.request("POST", "/", false, "content-length", "8000");
        client.data(stream, LARGE, false);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertEquals(LARGE, arrived.connection().read(4000));
            arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            assertTrue(client.readContent(stream).fields().startsWith(":status: 200\n"));
            assertEquals("ok", client.readContent(stream).text());
            client.data(stream, LARGE, true);
            assertEquals(LARGE, arrived.connection().read(4000));
            assertEndsWell(stream, "");
        }
    }

    /** One that passes on a body that is cut would be wrong all the more. */
    @Test
    void isNeededForThat() throws Exception {
        int stream = upload();
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertEquals("abc", arrived.connection().read(3));
            client.data(stream, "", true);
            assertEquals(H2Wire.RST_STREAM, client.readContent(stream).type());
        }
    }

    /** The head ended the stream on our side, which was taken for a reset: the upstream never saw the end of the upload. */
    @Test
    void thatHasNoBodyLetsTheUploadGoOnToItsEnd() throws Exception {
        int stream = client.request("PUT", "/", false, "content-length", "5");
        client.data(stream, "abc", false);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertEquals("abc", arrived.connection().read(3));
            arrived.connection().send("HTTP/1.1 204 No Content\r\n\r\n");
            assertTrue(client.readContent(stream).ends());
            client.data(stream, "de", true);
            assertEquals("de", arrived.connection().read(2));
            Until.true_(() -> site.gate().snapshot().inFlight() == 0);
        }
    }

    private int refusedUpload() throws Exception {
        site.balance("refuse closed");
        Until.true_(() -> site.gate().isShutForEverybody());
        int stream = upload();
        assertTrue(client.readContent(stream).fields().startsWith(":status: 503\n"));
        assertTrue(client.readContent(stream).text().contains("closed"));
        return stream;
    }

    @Test
    void ofOurOwnComesWithoutAReset() throws Exception {
        int stream = refusedUpload();
        seesAll(stream);
        client.data(stream, "x".repeat(9_000), false);
        seesAll(stream);
        client.data(stream, "", true);
        assertEndsWell(stream, "");
    }

    @Test
    void ofOurOwnStopsAfterAWhileWhoDoesNotStopByHimself() throws Exception {
        int stream = refusedUpload();
        H2Wire.Frame end = client.readContent(stream);
        assertTrue(end.ends(), "type " + end.type());
        H2Wire.Frame reset = client.readContent(stream);
        assertEquals(H2Wire.RST_STREAM, reset.type());
        assertEquals(0, reset.code());
    }
}
