package dev.holdfast.it;

import static dev.holdfast.it.CurlCall.call;
import static dev.holdfast.it.CurlCall.callTo;
import static dev.holdfast.it.PeerSite.Kind.EXPRESS;
import static dev.holdfast.it.PeerSite.Kind.JETTY;

import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What browsers, scripts and API clients ask, a line each. */
final class CurlCalls {
    private CurlCalls() {}

    /** What {@code site} is asked. */
    static List<CurlCall> to(PeerSite.Kind site) {
        return Stream.of(files(), requests(), bodies(), answers(), statuses())
                .flatMap(calls -> calls)
                .filter(call -> call.site() == site)
                .toList();
    }

    private static Stream<CurlCall> files() {
        return Stream.of(
                        call(200, "/files/page.html"),
                        call(200, "/files/page.html", "-I"),
                        call(200, "/files/empty.txt"),
                        call(200, "/files/large.bin"),
                        call(206, "/files/large.bin", "--range", "100-199"),
                        call(206, "/files/large.bin", "--range", "-100"),
                        call(206, "/files/large.bin", "--range", "299990-"),
                        call(416, "/files/large.bin", "--range", "999999-"),
                        call(206, "/files/large.bin", "-I", "--range", "0-9"),
                        call(304, "/files/page.html", "-z", "page.html"),
                        call(304, "/files/page.html", "-I", "-z", "page.html"),
                        call(0, "/files/page.html", "-H", "If-None-Match: *"),
                        callTo(EnumSet.of(EXPRESS, JETTY), 412, "/files/page.html", "-H", "If-Match: \"other\""),
                        call(0, "/files/sub"),
                        call(200, "/files/sub/"),
                        call(404, "/files/missing"),
                        call(404, "/missing/page?x=1"),
                        call(200, "/text?size=20000"),
                        call(200, "/text?size=20000", "--compressed"),
                        call(200, "/text?size=20000", "-H", "Accept-Encoding: gzip"),
                        call(200, "/text?size=20000", "-H", "Accept-Encoding: br;q=1, gzip;q=0.1"),
                        call(200, "/text?size=20000", "-I", "-H", "Accept-Encoding: gzip"),
                        call(200, "/text?size=20000", "--http1.0"))
                .flatMap(calls -> calls);
    }

    private static Stream<CurlCall> requests() {
        return Stream.of(
                        call(200, "/echo"),
                        call(200, "/echo?"),
                        call(0, "/echo/a//b/./c;p=1;q?x=a%2Fb&&y=%20+&z", "--path-as-is"),
                        call(0, "/echo/x/../y", "--path-as-is"),
                        call(0, "/echo/a%2Fb%5Cc"),
                        call(0, "/echo/%2e%2E/b", "--path-as-is"),
                        call(0, "/echo?ids[]=1&ids[]=2&q={a}&p=^`"),
                        call(200, "/echo?a=1?b=2??"),
                        call(200, "/echo?" + "long=" + "x".repeat(6000)),
                        call(200, "/echo", "-H", "@fields.txt"),
                        call(200, "/echo", "-H", "Cookie: a=" + "c".repeat(3000) + "; b=\"q\""),
                        call(200, "/echo", "-u", "user:pass word"),
                        call(200, "/echo", "-X", "OPTIONS"),
                        call(200, "/echo", "-X", "DELETE"),
                        call(200, "/echo", "-X", "PROPFIND", "-H", "Depth: 1"),
                        call(200, "/echo", "-X", "PURGE"),
                        call(0, "/echo", "-X", "BREW"),
                        call(200, "/whoami"),
                        callTo(
                                EnumSet.of(EXPRESS),
                                200,
                                "/whoami",
                                "-H",
                                "X-Forwarded-For: 192.0.2.1",
                                "-H",
                                "X-Forwarded-Proto: https"),
                        callTo(
                                EnumSet.of(EXPRESS),
                                200,
                                "/whoami",
                                "-H",
                                "X-Forwarded-Host: evil.example",
                                "-H",
                                "Forwarded: for=192.0.2.1"),
                        call(200, "/login?user=ann", "-L", "-b", ""),
                        call(0, "/purge/a/b", "-X", "PURGE"))
                .flatMap(calls -> calls);
    }

    private static Stream<CurlCall> bodies() {
        return Stream.of(
                        call(200, "/echo", "-T", "upload.bin"),
                        call(200, "/echo", "-T", "upload.bin", "-H", "Expect:"),
                        call(200, "/echo", "-T", "-"),
                        call(200, "/echo", "-T", "-", "-X", "POST", "-H", "Expect: 100-continue"),
                        call(200, "/echo", "-T", "page.html", "-H", "Expect: 100-continue"),
                        call(200, "/echo", "-T", "empty.txt"),
                        call(200, "/echo", "-X", "POST"),
                        call(200, "/echo", "-d", ""),
                        call(200, "/echo", "-X", "DELETE", "-d", "body"),
                        call(200, "/echo", "-X", "GET", "-d", "body"),
                        call(200, "/form", "-d", "name=a+b&more=%C3%A9%26%3D", "-d", "name=c"),
                        call(200, "/form", "--data-urlencode", "name=\u20ac &="),
                        call(201, "/json", "-H", "Content-Type: application/json", "-d", "{\"a\":[1,\"\\u00e9\"]}"),
                        call(0, "/json", "-H", "Content-Type: application/json", "-d", "{not json"),
                        call(200, "/upload", "-F", "field=value", "-F", "file=@upload.bin;type=image/png"),
                        call(
                                200,
                                "/upload",
                                "-F",
                                "a=1",
                                "-F",
                                "one=@page.html",
                                "-F",
                                "two=@large.bin;filename=b c.bin"),
                        call(413, "/early", "-d", "small"),
                        call(413, "/early", "-T", "large.bin"),
                        call(413, "/early", "-T", "upload.bin", "-H", "Expect: 100-continue"))
                .flatMap(calls -> calls);
    }

    private static Stream<CurlCall> answers() {
        return Stream.of(
                        call(200, "/fields"),
                        call(200, "/fields", "-I"),
                        call(200, "/download?size=1000000"),
                        call(200, "/download?size=1000000&length"),
                        call(200, "/download?size=0"),
                        call(200, "/download?size=0&length"),
                        call(200, "/download?size=1000&length", "-I"),
                        call(200, "/download?size=1000", "-I"),
                        call(200, "/download?size=50000", "--http1.0"),
                        call(200, "/events", "-N"),
                        call(200, "/cut"),
                        call(200, "/cut?length"),
                        call(200, "/trailers"),
                        call(200, "/hints"),
                        call(500, "/error"),
                        call(500, "/error", "-H", "Accept: application/json"))
                .flatMap(calls -> calls);
    }

    private static Stream<CurlCall> statuses() {
        return IntStream.of(
                        201, 202, 203, 204, 205, 226, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 405, 406,
                        407, 408, 409, 410, 418, 421, 425, 429, 451, 499, 500, 501, 502, 503, 504, 511, 599)
                .boxed()
                .flatMap(status -> call(status, "/status/" + status));
    }
}
