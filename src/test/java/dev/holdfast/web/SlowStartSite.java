package dev.holdfast.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;

/**
 * A site in a JVM of its own that takes connections first, answers 503 for three seconds, and then works for each answer: slowly
 * at first, until the JIT has compiled it. {@code /stats} tells how long its answers took.
 */
final class SlowStartSite {
    private static final int ROUNDS = 60;

    private final long readyNanos = System.nanoTime() + 3_000_000_000L;
    private final List<Long> micros = Collections.synchronizedList(new ArrayList<>());

    private SlowStartSite() {}

    /** Argument: port. */
    public static void main(String[] args) throws IOException {
        SlowStartSite site = new SlowStartSite();
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 1024);
        server.createContext("/", site::answer);
        server.createContext("/stats", site::stats);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
        System.out.println("site takes connections");
    }

    private void answer(HttpExchange exchange) throws IOException {
        long began = System.nanoTime();
        if (began - readyNanos < 0) {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
            return;
        }
        byte[] body = work(exchange.getRequestURI().toString()).getBytes(StandardCharsets.US_ASCII);
        if (!exchange.getRequestURI().getPath().equals("/up")) {
            micros.add((System.nanoTime() - began) / 1000);
        }
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** Some milliseconds of an interpreter's time, a part of that compiled. */
    private static String work(String seed) {
        String text = seed;
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder next = new StringBuilder();
            for (int i = 0; i < 40; i++) {
                next.append(String.format("%x", (text + i).hashCode()));
            }
            text = Integer.toHexString(next.toString().hashCode());
        }
        return text;
    }

    private void stats(HttpExchange exchange) throws IOException {
        List<Long> sorted = micros.stream().sorted().toList();
        String text = sorted.isEmpty()
                ? "no answers"
                : sorted.size() + " answers, p50 " + sorted.get(sorted.size() / 2) / 1000 + " ms, p99 "
                        + sorted.get(sorted.size() * 99 / 100) / 1000 + " ms";
        byte[] body = text.getBytes(StandardCharsets.US_ASCII);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
