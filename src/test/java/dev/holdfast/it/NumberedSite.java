package dev.holdfast.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * A small web site, run as a process of its own by {@link SiteProcess}.
 *
 * <p>{@code /exchange?number=n&size=m&chunked=true} takes a body and answers {@code TestBody(n, m)}, and in headers the number and
 * the sum of what it took. {@code /wait?number=n} is answered after {@code /go} was asked. Each request that has a number is
 * written to the request log, a line each, before its body is read: killed at any moment, the site has lost no line.
 */
final class NumberedSite {
    private final FileChannel requestLog;
    private final CountDownLatch go = new CountDownLatch(1);

    private NumberedSite(FileChannel requestLog) {
        this.requestLog = requestLog;
    }

    /** Arguments: port, request log. */
    public static void main(String[] args) throws IOException {
        FileChannel requestLog = FileChannel.open(
                Path.of(args[1]), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        NumberedSite site = new NumberedSite(requestLog);
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 1024);
        server.createContext("/exchange", site::exchange);
        server.createContext("/wait", site::await);
        server.createContext("/go", site::go);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
        System.out.println("site serves");
    }

    private void exchange(HttpExchange exchange) throws IOException {
        Map<String, String> query = query(exchange.getRequestURI());
        String number = query.get("number");
        log(exchange, number);
        TestBody.Sum received = TestBody.sum(exchange.getRequestBody());
        answer(exchange, number, received, Long.parseLong(query.get("size")), query.containsKey("chunked"));
    }

    private void await(HttpExchange exchange) throws IOException {
        String number = query(exchange.getRequestURI()).get("number");
        log(exchange, number);
        TestBody.Sum received = TestBody.sum(exchange.getRequestBody());
        try {
            go.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        answer(exchange, number, received, 1, false);
    }

    private void go(HttpExchange exchange) throws IOException {
        go.countDown();
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
    }

    private void log(HttpExchange exchange, String number) throws IOException {
        String line = exchange.getRequestMethod() + " " + number + "\n";
        requestLog.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
    }

    /** As {@link LoadClients} expect it. */
    static void answer(HttpExchange exchange, String number, TestBody.Sum received, long size, boolean chunked)
            throws IOException {
        exchange.getResponseHeaders().set("X-Number", number);
        exchange.getResponseHeaders().set("X-Received-Length", Long.toString(received.length()));
        exchange.getResponseHeaders().set("X-Received-Crc", Long.toString(received.crc()));
        exchange.getResponseHeaders().set("X-Target", exchange.getRequestURI().toString());
        exchange.sendResponseHeaders(200, chunked ? 0 : size == 0 ? -1 : size);
        if (size > 0) {
            new TestBody(Long.parseLong(number), size).writeTo(exchange.getResponseBody());
        }
        exchange.close();
    }

    static Map<String, String> query(URI uri) {
        return Arrays.stream(uri.getRawQuery().split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair.length == 1 ? "" : pair[1]));
    }
}
