package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An upload to an upstream that does not read it: the client is stopped, nothing piles up, and the upstream is a silent one. */
class UploadBackPressureTest {
    private static final int USUAL_WINDOW = 65_535;

    /** What the kernel's buffers towards the upstream may take. */
    private static final int ON_THE_WAY = 15_000_000;

    private static final String PIECE = "x".repeat(16_000);

    private ScriptedUpstream upstream;
    private TestSite site;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
        site = TestSite.before(upstream.port(), "responseTimeout", "1s");
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: " + Flood.ALL, "Transfer-Encoding: chunked"})
    void stopsTheClientAndIs504(String framing) throws Exception {
        try (Wire client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\n" + framing + "\r\n\r\n");
            Flood upload = framing.startsWith("T") ? Flood.chunkedTo(client) : Flood.to(client);
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                assertTrue(arrived.head().contains("\r\n" + framing + "\r\n"), arrived.head());
                String answer = client.readResponse();
                assertTrue(answer.startsWith("HTTP/1.1 504 "), answer);
                upload.assertIsStopped();
            }
        }
        Until.true_(() -> site.gate().snapshot().inFlight() == 0);
    }

    /** It may send no more than it is granted windows for, which come only of what is read. */
    @Test
    void stopsTheClientOverHttp2AndIs504() throws Exception {
        try (H2Wire client = new H2Wire(site.port())) {
            int stream = client.request("POST", "/", false);
            int[] room = {USUAL_WINDOW, USUAL_WINDOW}; // of the connection, and of the stream
            int sent = 0;
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                H2Wire.Frame frame;
                do {
                    for (; Math.min(room[0], room[1]) >= PIECE.length(); sent += PIECE.length()) {
                        client.data(stream, PIECE, false);
                        room[0] -= PIECE.length();
                        room[1] -= PIECE.length();
                    }
                    assertTrue(sent < ON_THE_WAY, "sent " + sent);
                    frame = client.readAny();
                    if (frame.type() == H2Wire.WINDOW_UPDATE) {
                        room[frame.stream() == 0 ? 0 : 1] += frame.code();
                    }
                } while (frame.type() != H2Wire.HEADERS);
                assertTrue(frame.fields().startsWith(":status: 504\n"), arrived.head() + frame.fields());
            }
        }
        Until.true_(() -> site.gate().snapshot().inFlight() == 0);
    }
}
