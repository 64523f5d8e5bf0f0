package dev.holdfast.web;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A connection over HTTP/2 with some requests at once, of which some are left unfinished, reset, or not read; and now and then with
 * bytes that are no frames.
 */
final class FuzzedHttp2Visit {
    private static final List<String> METHODS =
            List.of("GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PURGE");
    private static final List<String> TARGETS =
            List.of("/", "/a/b", "//a", "/a;x=1/b", "/%20?q", "/a?b=c&d=%FF", "/a??");
    private static final List<List<String>> FIELDS = List.of(
            List.of("accept", "*/*"),
            List.of("cookie", "a=b"),
            List.of("cookie", "c=d"),
            List.of("x-empty", ""),
            List.of("x-long", "x".repeat(2000)),
            List.of("te", "trailers"),
            List.of("x-forwarded-for", "1.2.3.4"),
            List.of("forwarded", "for=1.2.3.4"),
            List.of("via", "1.0 other"),
            List.of("expect", "100-continue"),
            List.of("content-type", "application/x-www-form-urlencoded"));
    private static final int MOST_STREAMS = 10;
    private static final int LARGEST_BODY =
            6_000; // all that a connection may send before it is granted more is 65,535 bytes

    private static final int LONGEST_BODY_MILLIS = 1_000; // it may wait for windows that nobody grants

    private final Random random;
    private final H2Wire client;
    private final boolean patient;
    private final Consumer<String> complaints;

    private FuzzedHttp2Visit(H2Wire client, Random random, int patienceMillis, Consumer<String> complaints)
            throws IOException {
        this.client = client;
        this.random = random;
        this.complaints = complaints;
        this.patient = random.nextInt(4) > 0;
        client.socket().setSoTimeout(patient ? patienceMillis : 1 + random.nextInt(300));
    }

    static void to(int port, Random random, int patienceMillis, Consumer<String> complaints) throws IOException {
        int window = random.nextBoolean() ? 65_535 : 1 + random.nextInt(2_000);
        try (H2Wire client = new H2Wire(port, window, 65_535, 0)) {
            new FuzzedHttp2Visit(client, random, patienceMillis, complaints).run();
        }
    }

    private void run() throws IOException {
        List<Integer> streams = new ArrayList<>();
        try {
            for (int left = 1 + random.nextInt(MOST_STREAMS); left > 0; left--) {
                int stream = ask();
                if (random.nextInt(8) == 0) {
                    client.reset(stream);
                } else {
                    streams.add(stream);
                }
            }
            boolean valid = random.nextInt(4) > 0;
            if (!valid) {
                byte[] garbage = new byte[random.nextInt(100)];
                random.nextBytes(garbage);
                client.socket().getOutputStream().write(garbage);
            }
            for (int stream : streams) {
                hear(stream, valid);
            }
            if (random.nextBoolean()) {
                client.resetConnection();
            }
        } catch (IOException cut) {
            // Holdfast or the container may have had enough of it.
        }
    }

    private int ask() throws IOException {
        List<String> fields = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            fields.addAll(FuzzedRequest.pick(FIELDS, random));
        }
        boolean bodyless = random.nextBoolean();
        String body = "x".repeat(random.nextInt(LARGEST_BODY));
        if (!bodyless && random.nextBoolean()) {
            fields.addAll(List.of("content-length", Integer.toString(body.length())));
        }
        int stream = client.request(
                FuzzedRequest.pick(METHODS, random),
                FuzzedRequest.pick(TARGETS, random),
                bodyless,
                fields.toArray(new String[0]));
        if (!bodyless) {
            upload(stream, body);
        }
        return stream;
    }

    private void upload(int stream, String body) throws IOException {
        int half = random.nextInt(body.length() + 1);
        client.data(stream, body.substring(0, half), false);
        switch (random.nextInt(8)) {
            case 0 -> {} // and never goes on
            case 1 -> {
                client.data(stream, body.substring(half), false);
                client.head(stream, true, "x-trailer", "t");
            }
            default -> client.data(stream, body.substring(half), true);
        }
    }

    /** RFC 9113, section 8.1: a response begins with its head, for which no window is needed. */
    private void hear(int stream, boolean valid) throws IOException {
        H2Wire.Frame first;
        try {
            first = client.readContent(stream);
        } catch (SocketTimeoutException silence) {
            if (patient && valid) {
                complaints.accept("a request over HTTP/2 got no answer in time");
            }
            throw silence;
        }
        if (first.type() == H2Wire.DATA) {
            complaints.accept("a response over HTTP/2 without a head: flags " + first.flags() + ", " + first.text());
        }
        if (first.type() == H2Wire.HEADERS && !first.ends() && random.nextBoolean()) {
            int patience = client.socket().getSoTimeout();
            client.socket().setSoTimeout(LONGEST_BODY_MILLIS);
            client.readResponse(stream);
            client.socket().setSoTimeout(patience);
        }
    }
}
