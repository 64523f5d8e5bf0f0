package dev.holdfast.web;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** The bytes of a random response: valid, or valid with a few bytes changed, cut, or with something behind it. */
final class FuzzedResponse {
    private static final List<String> STATUS_LINES = List.of(
            "200 OK",
            "200 OK",
            "200 OK",
            "200",
            "201 Created",
            "204 No Content",
            "206 Partial Content",
            "299 Odd",
            "302 Found",
            "304 Not Modified",
            "401 Who",
            "404 Not Found",
            "418 T",
            "500 No",
            "503 Later",
            "599 Odd",
            "100 Continue",
            "101 Switching",
            "103 Early Hints",
            "600 Odd",
            "99 Odd");
    private static final List<String> FIELDS = List.of(
            "Content-Type: text/html",
            "Content-Type: text/event-stream\r\nX-Stream: yes",
            "Set-Cookie: a=b; HttpOnly",
            "Set-Cookie: c=d",
            "X-Empty:",
            "X-Bytes: caf\u00e9\u00ff",
            "X-Long: " + "y".repeat(5000),
            "Location: //else/where",
            "Connection: close",
            "Connection: x-hop",
            "X-Hop: no",
            "Keep-Alive: timeout=5",
            "Trailer: X-Trailer",
            "WWW-Authenticate: Basic",
            "Content-Encoding: gzip",
            "Upgrade: websocket\r\nConnection: Upgrade",
            "Bad Name: x",
            "Content-Length: 7");

    private FuzzedResponse() {}

    static byte[] next(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringBuilder head = new StringBuilder("HTTP/1.1 " + FuzzedRequest.pick(STATUS_LINES, random) + "\r\n");
        for (int i = random.nextInt(4); i > 0; i--) {
            head.append(FuzzedRequest.pick(FIELDS, random)).append("\r\n");
        }
        byte[] body = new byte[random.nextInt(4) == 0 ? random.nextInt(300_000) : random.nextInt(50)];
        random.nextBytes(body);
        switch (random.nextInt(4)) {
            case 0 -> write(out, head + "\r\n");
            case 1, 2 -> {
                write(out, head + "Content-Length: " + body.length + "\r\n\r\n");
                out.writeBytes(body);
            }
            default -> {
                write(out, head + "Transfer-Encoding: chunked\r\n\r\n");
                FuzzedRequest.chunk(body, out, random);
            }
        }
        byte[] bytes = out.toByteArray();
        return switch (random.nextInt(6)) {
            case 0 -> FuzzedRequest.mutated(bytes, random);
            case 1 -> java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 2 -> surplus(bytes, random);
            default -> bytes;
        };
    }

    private static byte[] surplus(byte[] bytes, Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bytes);
        write(out, random.nextBoolean() ? "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen" : "surplus");
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
