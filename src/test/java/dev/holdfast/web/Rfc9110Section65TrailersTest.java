package dev.holdfast.web;

import static dev.holdfast.web.ResponseRelay.FIN;
import static dev.holdfast.web.ResponseRelay.GET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields after the upstream's body, on their way to the client. */
class Rfc9110Section65TrailersTest {
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nDate: d\r\nTransfer-Encoding: chunked\r\n";
    private static final String HEAD = "HTTP/1.1 200 \r\nDate: d\r\n";
    private static final String TE = "GET / HTTP/1.1\r\nHost: site\r\nTE: trailers\r\nConnection: TE\r\n\r\n";

    private static ResponseRelay relay;

    @BeforeAll
    static void start() throws Exception {
        relay = new ResponseRelay();
    }

    @AfterAll
    static void stop() throws Exception {
        relay.close();
    }

    @Test
    void thoseThatAreAnnouncedReachTheClient() throws Exception {
        assertEquals(
                HEAD + "Trailer: X-Sum, x-more\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"
                        + "X-Sum: abc\r\nx-more: \u00e9, 2\r\nX-Empty: \r\n\r\n",
                relay.answer(
                        GET,
                        CHUNKED + "Trailer: X-Sum, x-more\r\n\r\n2\r\nok\r\n0\r\n"
                                + "X-Sum: abc\r\nx-more: \u00e9\r\nX-More: 2\r\nX-Empty:\r\n\r\n"));
    }

    @Test
    void thoseThatTheClientAskedForReachItUnannounced() throws Exception {
        assertEquals(
                HEAD + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: abc\r\n\r\n",
                relay.answer(TE, CHUNKED + "\r\n2\r\nok\r\n0\r\nX-Sum: abc\r\n\r\n"));
    }

    /** Section 6.5.1: they may be left out where nobody expects them. */
    @Test
    void thoseThatNobodyExpectsEndHere() throws Exception {
        assertEquals(
                HEAD + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                relay.answer(GET, CHUNKED + "\r\n2\r\nok\r\n0\r\nX-Sum: abc\r\n\r\n"));
    }

    @Test
    void announcedButNotComeIsNoMatter() throws Exception {
        assertEquals(
                HEAD + "Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                relay.answer(GET, CHUNKED + "Trailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\n\r\n"));
    }

    @Test
    void withALengthThereAreNone() throws Exception {
        assertEquals(
                HEAD + "Content-Length: 2\r\n\r\nok",
                relay.answer(TE, "HTTP/1.1 200 OK\r\nDate: d\r\nTrailer: X-Sum\r\nContent-Length: 2\r\n\r\nok"));
    }

    /** Section 6.5.1: too late for framing, routing, authentication; and bad names never leave. */
    @Test
    void thoseThatAreForbiddenEndHere() throws Exception {
        assertEquals(
                HEAD + "Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: abc\r\n\r\n",
                relay.answer(
                        GET,
                        CHUNKED
                                + "Trailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nContent-Length: 5\r\ntransfer-encoding: chunked\r\n"
                                + "Host: x\r\nSet-Cookie: a=b\r\nAuthorization: c\r\nWWW-Authenticate: d\r\nCache-Control: e\r\n"
                                + "Content-Type: f\r\nContent-Encoding: g\r\nContent-Range: h\r\nTrailer: i\r\nConnection: j\r\n"
                                + "Location: k\r\nVary: l\r\nX B: m\r\nX-C: n\0\r\nX-D: o\rp\r\nX-Sum: abc\r\n\r\n"));
    }

    @Test
    void aCutInThemIsNeverTakenForTheirEnd() throws Exception {
        assertEquals(
                HEAD + "Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                relay.answer(GET, CHUNKED + "Trailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: ab" + FIN));
    }

    @Test
    void theConnectionIsUsedAgainAfterThem() throws Exception {
        try (Wire client = relay.site.client()) {
            client.send(GET);
            try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                for (int i = 0; i < 3; i++) {
                    if (i > 0) {
                        client.send(GET);
                        assertTrue(arrived.connection().readHead().startsWith("GET "));
                    }
                    arrived.connection().send(CHUNKED + "Trailer: X-T\r\n\r\n2\r\nok\r\n0\r\nX-T: " + i + "\r\n\r\n");
                    assertTrue(client.readHead().contains("\r\nTrailer: X-T\r\n"));
                    String body = "2\r\nok\r\n0\r\nX-T: " + i + "\r\n\r\n";
                    assertEquals(body, client.read(body.length()));
                }
            }
        }
    }

    @Test
    void overHttp2GrpcEndsWithItsStatus() throws Exception {
        try (H2Wire client = new H2Wire(relay.site.port())) {
            int stream = client.request("POST", "/a.B/C", false, "te", "trailers", "content-type", "application/grpc");
            client.data(stream, "\0\0\0\0\0", true);
            try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                arrived.connection()
                        .send(CHUNKED + "Content-Type: application/grpc\r\n\r\n5\r\n\0\0\0\0\0\r\n0\r\n"
                                + "grpc-status: 0\r\nGrpc-Message: fine\r\n\r\n");
                H2Wire.Frame head = client.read(stream);
                assertEquals(H2Wire.HEADERS, head.type());
                assertFalse(head.ends());
                assertTrue(head.fields().contains("content-type: application/grpc"), head.fields());
                String body = "";
                H2Wire.Frame frame = client.read(stream);
                for (; frame.type() == H2Wire.DATA; frame = client.read(stream)) {
                    assertFalse(frame.ends());
                    body += frame.text();
                }
                assertEquals("\0\0\0\0\0", body);
                assertEquals(H2Wire.HEADERS, frame.type());
                assertTrue(frame.ends());
                assertEquals(
                        "grpc-status: 0\ngrpc-message: fine", frame.fields().strip());
            }
        }
    }

    /** A call that fails at once, by a server whose HTTP library always says that a body may follow. */
    @Test
    void overHttp2GrpcThatHasNoMessageEndsWithItsStatus() throws Exception {
        String head = CHUNKED + "Content-Type: application/grpc\r\n\r\n";
        String end = "0\r\ngrpc-status: 5\r\nGrpc-Message: not here\r\n\r\n";
        for (String[] pieces : new String[][] {{head + end}, {head, end}, {head, "0\r\n", end.substring(3)}}) {
            try (H2Wire client = new H2Wire(relay.site.port())) {
                int stream = client.request("POST", "/a.B/C", true, "te", "trailers");
                try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                    arrived.connection().send(pieces[0]);
                    if (pieces.length > 1) {
                        assertTrue(client.readContent(stream).fields().startsWith(":status: 200\n"));
                    }
                    for (int i = 1; i < pieces.length; i++) {
                        arrived.connection().send(pieces[i]);
                    }
                    H2Wire.Response rest = client.readResponse(stream);
                    assertEquals("", rest.body());
                    assertEquals(-1, rest.reset());
                    assertTrue(rest.fields().endsWith("grpc-status: 5\ngrpc-message: not here\n"), rest.fields());
                }
            }
        }
    }

    /** A client of gRPC takes the status for none where an empty piece comes after the head, as it did. */
    @ParameterizedTest
    @ValueSource(
            strings = {"Content-Length: 0\r\n\r\n", "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n0\r\n\r\n"})
    void overHttp2GrpcThatHasOnlyAHeadEndsWithIt(String noBody) throws Exception {
        try (H2Wire client = new H2Wire(relay.site.port())) {
            int stream = client.request("POST", "/a.B/C", true, "te", "trailers", "content-type", "application/grpc");
            try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                arrived.connection()
                        .send("HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\ngrpc-status: 12\r\n" + noBody);
                H2Wire.Frame head = client.read(stream);
                assertTrue(head.fields().contains("grpc-status: 12"), head.fields());
                assertTrue(head.ends());
            }
            Until.true_(() -> relay.site.site().gate().snapshot().inFlight() == 0);
        }
    }

    /** After a head that ends the stream, Tomcat grants the upload no window any more: curl then waits for ever. */
    @Test
    void overHttp2AHeadDoesNotEndTheStreamOfAnUploadThatGoesOn() throws Exception {
        try (H2Wire client = new H2Wire(relay.site.port())) {
            int stream = client.request("POST", "/", false);
            try (ScriptedUpstream.Arrived arrived = relay.upstream.acceptRequest()) {
                arrived.connection().send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
                assertFalse(client.readContent(stream).ends());
                client.data(stream, "abc", true);
                assertTrue(client.readContent(stream).ends());
            }
        }
    }
}
