package dev.holdfast.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BareHeadTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: site\r\n\r\n",
                "GET / HTTP/1.0\r\n\r\n",
                "GET /?a\r\nHost: site\n\r\n",
                "GET / HTTP/1.1\r\nHost: site\r\nUpgrade-Insecure-Requests: 1\r\nAccept: */*\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: site\r\nTE: trailers\r\nContent-Type: text/plain\r\nCookie: upgrade: 1\r\n\r\n",
            })
    void isOneHeadAndNothingElse(String input) {
        assertEquals(true, isAll(input), input);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET ",
                "GET / HTTP/1.1\r\nHost: site\r\n",
                "GET / HTTP/1.1\r\nHost: site\r\n\r",
                "GET / HTTP/1.1\r\nHost: site\r\n\r\nG",
                "GET / HTTP/1.1\r\nHost: site\r\n\r\nGET / HTTP/1.1\r\nHost: site\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: site\n\nGET / HTTP/1.1\r\nHost: site\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: site\n\n",
                "\r\nGET / HTTP/1.1\r\nHost: site\r\n\r\n",
                "HEAD / HTTP/1.1\r\nHost: site\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: site\r\n\r\n",
                "GETTER / HTTP/1.1\r\nHost: site\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET / HTTP/1.1\r\nContent-Length: 0\r\nHost: site\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: site\r\ncONTENT-lENGTH: 5\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: site\r\nContent-Length : 5\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: site\r\nTransfer-Encoding:chunked\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: site\nTransfer-Encoding: chunked\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: site\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: site\r\nExpect: 100-continue\r\n\r\n",
            })
    void isSomethingElse(String input) {
        assertEquals(false, isAll(input), input);
    }

    @Test
    void tellsWhatItAsksFor() {
        byte[] path = BareHead.bytes("/.holdfast");
        assertEquals(true, BareHead.asksFor(path, buffer("GET /.holdfast/status HTTP/1.1\r\n\r\n")));
        assertEquals(true, BareHead.asksFor(path, buffer("GET /.holdfast HTTP/1.1\r\n\r\n")));
        assertEquals(false, BareHead.asksFor(path, buffer("GET /.hold HTTP/1.1\r\n\r\n")));
        assertEquals(false, BareHead.asksFor(path, buffer("GET /\r\n\r\n")));
    }

    private static boolean isAll(String input) {
        return BareHead.isAll(buffer(input));
    }

    private static ByteBuffer buffer(String input) {
        byte[] bytes = input.getBytes(ISO_8859_1);
        return ByteBuffer.allocate(bytes.length + 10).put(bytes);
    }
}
