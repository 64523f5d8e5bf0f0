package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What arrives over HTTP/2 goes to the upstream as HTTP/1.1. */
class Rfc9113RequestTest {
    private static Relay relay;
    private static HttpClient client;

    @BeforeAll
    static void start() throws Exception {
        relay = new Relay();
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        pass(request("/upgrade").GET()); // from HTTP/1.1; all others are HTTP/2 from the start
    }

    @AfterAll
    static void stop() throws Exception {
        relay.close();
    }

    private static HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + relay.site.port() + target));
    }

    private static Relay.Seen pass(HttpRequest.Builder request) throws Exception {
        CompletableFuture<HttpResponse<String>> response = client.sendAsync(request.build(), BodyHandlers.ofString());
        Relay.Seen seen = relay.answer();
        assertEquals(
                HttpClient.Version.HTTP_2, response.get(10, TimeUnit.SECONDS).version());
        return seen;
    }

    @Test
    void lineAndFieldsArriveLikeThoseOfHttp11() throws Exception {
        Relay.Seen seen = pass(
                request("//a/%20b;c?d?").header("X-A", "1").header("X-A", "2").header("TE", "trailers"));

        assertEquals("GET //a/%20b;c?d? HTTP/1.1", seen.line());
        assertTrue(seen.has("Host: 127.0.0.1:" + relay.site.port()), seen.head());
        assertTrue(seen.head().toLowerCase().contains("\r\nx-a: 1\r\nx-a: 2\r\n"), seen.head());
        assertTrue(seen.head().contains("\r\nConnection: TE\r\nTE: trailers\r\n"), seen.head());
        assertTrue(seen.has("Via: 2.0 holdfast"), seen.head());
        assertEquals(-1, seen.head().toLowerCase().indexOf("content-length"));
    }

    /** RFC 9113, section 8.2.3: over HTTP/2 they may come in pieces. */
    @Test
    void cookiesAreOneField() throws Exception {
        Relay.Seen seen = pass(request("/").header("Cookie", "a=1").header("Cookie", "b=2"));

        assertTrue(seen.head().toLowerCase().contains("\r\ncookie: a=1; b=2\r\n"), seen.head());
    }

    @Test
    void aBodyWithLengthKeepsIt() throws Exception {
        Relay.Seen seen = pass(request("/").POST(BodyPublishers.ofString("hello")));

        assertTrue(seen.head().toLowerCase().contains("\r\ncontent-length: 5\r\n"), seen.head());
        assertEquals("hello", seen.body());
    }

    @Test
    void aBodyWithoutLengthGoesInChunks() throws Exception {
        BodyPublisher stream = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream("hello".getBytes()));
        Relay.Seen seen = pass(request("/").PUT(stream));

        assertTrue(seen.has("Transfer-Encoding: chunked"), seen.head());
        assertEquals("5\r\nhello\r\n0\r\n\r\n", seen.body());
    }

    @Test
    void unknownMethodsArePassed() throws Exception {
        assertEquals(
                "PURGE /a HTTP/1.1",
                pass(request("/a").method("PURGE", BodyPublishers.noBody())).line());
    }
}
