package dev.holdfast.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** The demo's web site: says its version, and can be upgraded. Confined to one thread at a time. */
final class SampleSite implements AutoCloseable {
    private final int port;
    private int version;
    private HttpServer server;

    /** Not started yet. */
    SampleSite(int port) {
        this.port = port;
    }

    /** Starts the next version, 1 first. */
    void start() throws StartException {
        int next = version + 1;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new StartException(
                    "the sample site cannot listen at port " + port + " (--upstream): " + e.getMessage());
        }
        server.createContext("/", exchange -> answer(exchange, "Hello from version " + next + " of the sample site\n"));
        server.start();
        version = next;
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(200, head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    /** Of what was started last. */
    int version() {
        return version;
    }

    /** Nobody listens at the port any more. */
    @Override
    public void close() {
        server.stop(0);
    }
}
