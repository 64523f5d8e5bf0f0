package dev.holdfast.web;

import static dev.holdfast.web.ResponseRelay.FIN;
import static dev.holdfast.web.ResponseRelay.GET;
import static dev.holdfast.web.ResponseRelay.HEAD;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How the client learns where a response's body ends: as the upstream said it, as far as both speak the same HTTP. */
class Rfc9112Section6ResponseBodyTest {
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
    void aLengthStaysALength() throws Exception {
        assertEquals(
                "HTTP/1.1 200 \r\nDate: d\r\nContent-Length: 5\r\n\r\nhello",
                relay.answer(GET, "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 5\r\n\r\nhello"));
    }

    @Test
    void aLengthOfZeroStaysOne() throws Exception {
        assertEquals(
                "HTTP/1.1 200 \r\nDate: d\r\nContent-Length: 0\r\n\r\n",
                relay.answer(GET, "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 0\r\n\r\n"));
    }

    @Test
    void chunksStayChunksWithoutTheirExtensions() throws Exception {
        assertEquals(
                "HTTP/1.1 200 \r\nDate: d\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                relay.answer(
                        GET,
                        "HTTP/1.1 200 OK\r\nDate: d\r\ntransfer-encoding: Chunked\r\n\r\n"
                                + "0005;a=\"b\"\r\nhello\r\n000;c\r\n\r\n"));
    }

    @Test
    void noChunkAtAllStaysChunked() throws Exception {
        assertEquals(
                "HTTP/1.1 200 \r\nDate: d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                relay.answer(GET, "HTTP/1.1 200 OK\r\nDate: d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
    }

    @Test
    void whatEndsWithTheConnectionIsChunkedForTheClient() throws Exception {
        for (String version : new String[] {"1.0", "1.1"}) {
            assertEquals(
                    "HTTP/1.1 200 \r\nDate: d\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                    relay.answer(GET, "HTTP/" + version + " 200 OK\r\nDate: d\r\n\r\nhello" + FIN));
        }
    }

    @Test
    void aClientOfHttp10GetsWhatEndsWithTheConnection() throws Exception {
        String request = "GET / HTTP/1.0\r\nHost: site\r\n\r\n";
        assertEquals(
                "HTTP/1.1 200 \r\nDate: d\r\nTrailer-Is-Gone: yes\r\nConnection: close\r\n\r\nhello",
                relay.answer(
                        request,
                        "HTTP/1.1 200 OK\r\nDate: d\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\nTrailer-Is-Gone: yes\r\n\r\n"
                                + "5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n"));
    }

    @Test
    void theAnswerToHeadKeepsTheLengthAndHasNoBody() throws Exception {
        assertEquals(
                "HTTP/1.1 200 \r\nDate: d\r\nContent-Type: text/plain\r\nContent-Length: 5000000000\r\n\r\n",
                relay.answer(
                        HEAD,
                        "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 5000000000\r\nContent-Type: text/plain\r\n\r\n"));
    }

    /** Transfer-Encoding concerns one hop, and may be left out (RFC 9112 §6.1); what matters is that nobody waits for chunks. */
    @Test
    void theAnswerToHeadIsOverWithItsHeadAlsoWhenItSpeaksOfChunks() throws Exception {
        assertEquals(
                "HTTP/1.1 200 \r\nDate: d\r\n\r\n",
                relay.answer(HEAD, "HTTP/1.1 200 OK\r\nDate: d\r\nTransfer-Encoding: chunked\r\n\r\n"));
        assertEquals("HTTP/1.1 200 \r\nDate: d\r\n\r\n", relay.answer(HEAD, "HTTP/1.1 200 OK\r\nDate: d\r\n\r\n"));
    }

    @Test
    void aStatus204HasItsFieldsAndNoBody() throws Exception {
        assertEquals(
                "HTTP/1.1 204 \r\nDate: d\r\nETag: \"x\"\r\nContent-Type: text/plain\r\n\r\n",
                relay.answer(
                        GET, "HTTP/1.1 204 No Content\r\nDate: d\r\nContent-Type: text/plain\r\nETag: \"x\"\r\n\r\n"));
        assertEquals( // a length is forbidden there (RFC 9110 §8.6), though many send 0
                "HTTP/1.1 204 \r\nDate: d\r\n\r\n",
                relay.answer(GET, "HTTP/1.1 204 No Content\r\nDate: d\r\nContent-Length: 0\r\n\r\n"));
    }

    /** Content-Type and Content-Length are left out by the container; the client has them from the 200 that it keeps. */
    @Test
    void aStatus304HasTheFieldsThatConcernTheCache() throws Exception {
        assertEquals(
                "HTTP/1.1 304 \r\nDate: d\r\nETag: W/\"x\"\r\nCache-Control: no-cache\r\nVary: *\r\nContent-Location: /a\r\n"
                        + "Expires: e\r\nLast-Modified: m\r\n\r\n",
                relay.answer(
                        GET,
                        "HTTP/1.1 304 Not Modified\r\nDate: d\r\nContent-Type: text/plain\r\nContent-Length: 44\r\n"
                                + "ETag: W/\"x\"\r\nCache-Control: no-cache\r\nVary: *\r\nContent-Location: /a\r\n"
                                + "Expires: e\r\nLast-Modified: m\r\n\r\n"));
    }

    @Test
    void aStatus205IsEmpty() throws Exception {
        for (String body : new String[] {
            "Content-Length: 0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Content-Length: 2\r\n\r\nno"
        }) {
            assertEquals(
                    "HTTP/1.1 205 \r\nDate: d\r\nContent-Length: 0\r\n\r\n",
                    relay.answer(GET, "HTTP/1.1 205 Reset Content\r\nDate: d\r\n" + body));
        }
    }

    @Test
    void bytesGoThroughAsTheyAre() throws Exception {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 256; c++) {
            all.append(c);
        }
        String gzip = "\u001f\u008b\u0008\0\0\0\0\0\0\u0003" + all;
        String fields =
                "Date: d\r\nContent-Encoding: gzip\r\nVary: Accept-Encoding\r\nContent-Length: " + gzip.length();
        assertEquals(
                "HTTP/1.1 200 \r\n" + fields + "\r\n\r\n" + gzip,
                relay.answer(GET, "HTTP/1.1 200 OK\r\n" + fields + "\r\n\r\n" + gzip));
    }

    @Test
    void rangesGoThroughAsTheyAre() throws Exception {
        String parts =
                "--B\r\nContent-Range: bytes 0-1/9\r\n\r\nab\r\n--B\r\nContent-Range: bytes 4-5/9\r\n\r\nef\r\n--B--\r\n";
        String head = "Date: d\r\nContent-Type: multipart/byteranges; boundary=B\r\nContent-Length: " + parts.length();
        assertEquals(
                "HTTP/1.1 206 \r\n" + head + "\r\n\r\n" + parts,
                relay.answer(GET, "HTTP/1.1 206 Partial Content\r\n" + head + "\r\n\r\n" + parts));
        assertEquals(
                "HTTP/1.1 416 \r\nDate: d\r\nContent-Range: bytes */9\r\nContent-Length: 0\r\n\r\n",
                relay.answer(
                        GET,
                        "HTTP/1.1 416 Range Not Satisfiable\r\nDate: d\r\nContent-Range: bytes */9\r\nContent-Length: 0\r\n\r\n"));
    }
}
