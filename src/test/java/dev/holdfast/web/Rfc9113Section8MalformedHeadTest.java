package dev.holdfast.web;

import static dev.holdfast.web.Http2Refusals.split;
import static dev.holdfast.web.Http2Refusals.with;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A head that is none over HTTP/2 becomes none over HTTP/1.1, where it could be read in another way. */
class Rfc9113Section8MalformedHeadTest {
    private static Http2Refusals refusals;

    @BeforeAll
    static void start() throws Exception {
        refusals = new Http2Refusals();
    }

    @AfterEach
    void forget() throws Exception {
        refusals.relay.forget();
    }

    @AfterAll
    static void stop() throws Exception {
        refusals.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-a: a\r\nx-b: b",
                "x-a: a\nb",
                "x-a: a\rb",
                "x-a: a\u0000b",
                "x-a: a\r\n\r\n" + "GET /smuggled HTTP/1.1\r\nHost: site\r\n\r\nx",
                "x-a: \n",
                "x-a: a\u0001b",
                "x-a: a\u007fb",
                "x-a:  a",
                "x-a: a ",
                "x-a: \ta",
                "X-A: a",
                "x-A: a",
                "Content-Length: 0",
                "x a: a",
                "x-a : a",
                "x-a\r\nx-b: a",
                "x-a\u0000: a",
                "x-\u00c4: a",
                "x-a:b: a",
                ": a",
                "cookie: a=b\r\nx-b: b"
            })
    void section821AFieldThatIsNone(String field) throws Exception {
        refusals.assertRefused(with(field));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connection: close",
                "connection: x-a",
                "keep-alive: timeout=5",
                "proxy-connection: keep-alive",
                "transfer-encoding: chunked",
                "transfer-encoding: identity",
                "upgrade: websocket",
                "te: gzip",
                "te: trailers, gzip"
            })
    void section822AFieldOfTheConnection(String field) throws Exception {
        refusals.assertRefused(with(field));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":method",
                ":scheme",
                ":path",
                ":authority",
                ":method: GET",
                ":scheme: http",
                ":path: /",
                ":authority: site",
                ":status: 200",
                ":protocol: websocket",
                ":unknown: a",
                "host: other",
                ":authority: site\u0001host: site\u0001host: site"
            })
    void section831PseudoFieldsThatAreMissingRepeatedOrUnknown(String field) throws Exception {
        List<String> fields = with();
        if (field.contains(": ")) {
            fields.addAll(field.startsWith(":") ? 0 : fields.size(), split(field));
        } else {
            int at = fields.indexOf(field);
            fields.subList(at, at + 2).clear();
        }
        refusals.assertRefused(fields);
    }

    @Test
    void section83APseudoFieldBehindOthers() throws Exception {
        List<String> fields = with();
        fields.subList(4, 6).clear();
        fields.addAll(List.of("x-a", "a", ":path", "/"));
        refusals.assertRefused(fields);
    }

    @ParameterizedTest
    @CsvSource({
        ":method, ''",
        ":method, 'GET /smuggled'",
        ":method, 'GET /smuggled HTTP/1.1\r\nHost: site\r\n\r\nGET'",
        ":method, 'G\tT'",
        ":method, G(T",
        ":method, G\u00c4T",
        ":method, CONNECT",
        ":scheme, ''",
        ":scheme, 'ht tp'",
        ":scheme, https",
        ":path, ''",
        ":path, a",
        ":path, '/a b'",
        ":path, '/a\tb'",
        ":path, '/a HTTP/1.1\r\nHost: site\r\n\r\nGET /smuggled'",
        ":path, '/a HTTP/1.1'",
        ":path, /a#b",
        ":path, '/a?b c'",
        ":path, /a?b#c",
        ":path, /a\u0080",
        ":path, /%zz",
        ":path, /%00",
        ":path, /../a",
        ":path, *",
        ":path, ?a",
        ":path, http://other/a",
        ":authority, ''",
        ":authority, 'a b'",
        ":authority, a/b",
        ":authority, user@site",
        ":authority, site:port",
        ":authority, 'site\r\nx-a: a'",
        ":authority, 'site, other'"
    })
    void section831APseudoFieldThatIsNone(String name, String value) throws Exception {
        List<String> fields = with();
        fields.set(fields.indexOf(name) + 1, value);
        refusals.assertRefused(fields);
    }
}
