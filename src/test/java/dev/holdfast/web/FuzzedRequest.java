package dev.holdfast.web;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/**
 * The bytes of a random request: valid, or valid with a few bytes changed.
 *
 * @param valid whether it is HTTP as it should be; else it may be anything
 * @param method of a valid one
 */
record FuzzedRequest(byte[] bytes, boolean valid, String method) {
    private static final List<String> METHODS = List.of(
            "GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE", "m-SEARCH");
    private static final List<String> TARGETS = List.of(
            "/", "/a/b", "//a", "/a;x=1/b", "/a%2Fb", "/%20?q", "/a?", "/a?b=c&d=%FF", "/a??", "/./a/../b", "/a%3Fb");
    private static final List<String> FIELDS = List.of(
            "Accept: */*",
            "Accept:text/html",
            "Cookie: a=b; c=d",
            "Cookie: e=f",
            "X-Empty:",
            "X-Bytes: caf\u00e9\u00ff",
            "X-Long: " + "x".repeat(2000),
            "Connection: x-hop, keep-alive",
            "Connection: close",
            "X-Hop: no",
            "Keep-Alive: timeout=5",
            "TE: trailers, gzip",
            "Proxy-Connection: keep-alive",
            "X-Forwarded-For: 1.2.3.4",
            "Forwarded: for=1.2.3.4",
            "Via: 1.0 other",
            "Expect: 100-continue",
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13",
            "Upgrade: h2c",
            "Content-Type: application/x-www-form-urlencoded");
    private static final List<String> NASTY = List.of(
            "\r\n",
            "\n",
            "\r",
            "\0",
            " ",
            ":",
            "\t",
            "\r\n ",
            "Content-Length: 5\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Transfer-Encoding: xchunked\r\n",
            "Content-Length: +3\r\n",
            "Content-Length : 3\r\n",
            "HTTP/1.0",
            "HTTP/9.9",
            "Host: b\r\n",
            "0\r\n\r\n",
            "-1\r\n",
            "fffffffffffffffff\r\n",
            "\u00ff",
            "\u0085",
            "%",
            "%zz",
            "../",
            "GET / HTTP/1.1\r\n");

    static FuzzedRequest next(Random random) {
        String method = pick(METHODS, random);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringBuilder head =
                new StringBuilder(method + " " + pick(TARGETS, random) + " HTTP/1.1\r\nHost: localhost\r\n");
        for (int i = random.nextInt(5); i > 0; i--) {
            head.append(pick(FIELDS, random)).append("\r\n");
        }
        byte[] body = new byte[random.nextInt(4) == 0 ? random.nextInt(100_000) : random.nextInt(50)];
        random.nextBytes(body);
        switch (random.nextInt(3)) {
            case 0 -> write(out, head + "\r\n");
            case 1 -> {
                write(out, head + "Content-Length: " + body.length + "\r\n\r\n");
                out.writeBytes(body);
            }
            default -> {
                write(out, head + "Transfer-Encoding: chunked\r\n\r\n");
                chunk(body, out, random);
            }
        }
        boolean valid = random.nextInt(3) > 0;
        byte[] bytes = out.toByteArray();
        return new FuzzedRequest(valid ? bytes : mutated(bytes, random), valid, method);
    }

    static void chunk(byte[] body, ByteArrayOutputStream out, Random random) {
        for (int from = 0; from < body.length; ) {
            int size = Math.min(body.length - from, 1 + random.nextInt(20_000));
            write(out, Integer.toHexString(size) + (random.nextInt(5) == 0 ? ";x=y" : "") + "\r\n");
            out.write(body, from, size);
            write(out, "\r\n");
            from += size;
        }
        write(out, "0\r\n" + (random.nextInt(5) == 0 ? "X-Trailer: t\r\n" : "") + "\r\n");
    }

    /** Changes a few places, most of them in the head. */
    static byte[] mutated(byte[] original, Random random) {
        byte[] bytes = original;
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(Math.max(1, random.nextInt(4) == 0 ? bytes.length : Math.min(bytes.length, 200)));
            byte[] put = pick(NASTY, random).getBytes(StandardCharsets.ISO_8859_1);
            int remove = random.nextInt(3) == 0 ? random.nextInt(1 + Math.min(8, bytes.length - at)) : 0;
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(bytes, 0, at);
            out.writeBytes(put);
            out.write(bytes, at + remove, bytes.length - at - remove);
            bytes = out.toByteArray();
        }
        return bytes;
    }

    static <T> T pick(List<T> some, Random random) {
        return some.get(random.nextInt(some.size()));
    }

    private static void write(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public String toString() {
        return (valid ? "valid: " : "") + new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
