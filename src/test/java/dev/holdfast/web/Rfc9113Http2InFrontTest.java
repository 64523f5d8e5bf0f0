package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 at the client's side, frame by frame, and HTTP/1.1 at the upstream's, byte by byte. */
class Rfc9113Http2InFrontTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private ScriptedUpstream upstream;
    private TestSite site;
    private H2Wire client;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
        site = TestSite.before(upstream.port(), "responseTimeout", "60s", "connectTimeout", "60s");
        client = new H2Wire(site.port());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        site.close();
        upstream.close();
    }

    @Test
    void section83FieldsArriveAsTheyWereSentAndCookieCrumbsAsOne() throws Exception {
        int stream = client.get(
                "//a/../b;c?d=%2F&&",
                "x-b",
                "1",
                "x-a",
                "\u00e9",
                "x-twice",
                "1",
                "x-twice",
                "2",
                "cookie",
                "a=b",
                "cookie",
                "c=d",
                "te",
                "trailers");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            String head = arrived.head();
            assertTrue(head.startsWith("GET //a/../b;c?d=%2F&& HTTP/1.1\r\nHost: site\r\n"), head);
            assertTrue(head.contains("\r\nx-b: 1\r\nx-a: \u00e9\r\nx-twice: 1\r\nx-twice: 2\r\n"), head);
            assertTrue(head.contains("\r\ncookie: a=b; c=d\r\n"), head);
            assertTrue(head.contains("\r\nVia: 2.0 holdfast\r\n"), head);
            assertFalse(head.contains("\r\n:"), head);
            assertFalse(head.toLowerCase(java.util.Locale.ROOT).contains("transfer-encoding"), head);
            arrived.connection()
                    .send("HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n"
                            + "Set-Cookie: a=b\r\nSet-Cookie: c=d\r\nX-Mixed: \u00e9\r\nContent-Length: 2\r\n\r\nok");
            String fields = client.readResponse(stream).fields();
            assertTrue(fields.startsWith(":status: 200\n"), fields);
            assertTrue(fields.contains("set-cookie: a=b\nset-cookie: c=d\nx-mixed: \u00e9\n"), fields);
            assertTrue(fields.contains("content-length: 2\n"), fields);
            assertFalse(
                    fields.contains("hop") || fields.contains("connection") || fields.contains("keep-alive"), fields);
        }
    }

    @Test
    void section81BodiesGoBothWaysWithAndWithoutALength() throws Exception {
        site.http2().setOverheadDataThreshold(0); // else Tomcat takes small pieces for an attack, and closes
        for (boolean length : new boolean[] {true, false}) {
            int stream = length
                    ? client.request("POST", "/", false, "content-length", "6")
                    : client.request("POST", "/", false);
            client.data(stream, "abc", false);
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                String head = arrived.head();
                assertTrue(head.contains(length ? "content-length: 6\r\n" : "Transfer-Encoding: chunked\r\n"), head);
                String first = length ? "abc" : "3\r\nabc\r\n";
                assertEquals(first, arrived.connection().read(first.length()));
                client.data(stream, "def", true);
                String second = length ? "def" : "3\r\ndef\r\n0\r\n\r\n";
                assertEquals(second, arrived.connection().read(second.length()));
                arrived.connection()
                        .send(
                                length
                                        ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
                                        : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                                                + "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
                H2Wire.Response response = client.readResponse(stream);
                assertEquals(new H2Wire.Response(response.fields(), "hello", -1), response);
            }
        }
    }

    @Test
    void section81LargeBodiesArriveWhole() throws Exception {
        int size = 3_000_000;
        int stream = client.get("/");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
                    for (int i = 0; i < size; i += 1000) {
                        arrived.connection().send(String.format("%1000d", i));
                    }
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            H2Wire.Response response = client.readResponse(stream);
            sending.get(10, TimeUnit.SECONDS);
            assertEquals(size, response.body().length());
            assertEquals(-1, response.reset());
            for (int i = 0; i < size; i += 1000) {
                assertEquals(
                        i,
                        Integer.parseInt(response.body().substring(i, i + 1000).strip()));
            }
        }
    }

    @Test
    void section81TrailersOfAnUploadArriveWhereTomcatLetsThem() throws Exception {
        site.http2().setOverheadDataThreshold(0);
        ((AbstractHttp11Protocol<?>) site.tomcat().getConnector().getProtocolHandler())
                .setAllowedTrailerHeaders("X-Sum");
        for (String name : List.of("x-sum", "x-other")) {
            int stream = client.request("POST", "/", false, "trailer", name);
            client.data(stream, "abc", false);
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                assertEquals("3\r\nabc\r\n", arrived.connection().read(8));
                client.head(stream, true, name, "1");
                String end = name.equals("x-sum") ? "0\r\nx-sum: 1\r\n\r\n" : "0\r\n\r\n";
                assertEquals(end, arrived.connection().read(end.length()));
                arrived.connection().send(OK.replace("Content", "Connection: close\r\nContent"));
                assertEquals("ok", client.readResponse(stream).body());
            }
        }
    }

    @Test
    void section81ResponsesWithoutABody() throws Exception {
        Map<String, String> answers = new HashMap<>();
        answers.put("GET", "HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n");
        answers.put("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nX-A: 1\r\n\r\n");
        answers.put("POST", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: 1\r\n\r\n");
        answers.put("PUT", "HTTP/1.1 304 Not Modified\r\nETag: \"e\"\r\nX-A: 1\r\n\r\n");
        for (Map.Entry<String, String> answer : answers.entrySet()) {
            int stream = client.request(answer.getKey(), "/", true);
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().send(answer.getValue().replace("X-A", "Connection: close\r\nX-A"));
                H2Wire.Response response = client.readResponse(stream);
                assertTrue(response.fields().contains("x-a: 1\n"), answer + " " + response);
                assertEquals("", response.body());
                assertEquals(-1, response.reset());
                if (answer.getKey().equals("HEAD")) {
                    assertTrue(response.fields().contains("content-length: 7\n"), response.fields());
                }
            }
        }
    }

    /** Tomcat sent the end of the stream, and no head. */
    @Test
    void section81AnAnswerOfOurOwnToHeadHasAHead() throws Exception {
        int stream = client.request("HEAD", "/", true);
        upstream.acceptRequest().connection().reset();
        H2Wire.Response response = client.readResponse(stream);
        assertTrue(response.fields().startsWith(":status: 502\n"), response.toString());
        int left = client.request("HEAD", "/", true);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            client.reset(left);
            assertEquals("<reset>", arrived.connection().readToEnd());
        }
    }

    @Test
    void section54AnUpstreamThatIsCutIsAResetAndNeverAnEnd() throws Exception {
        for (String body :
                List.of("Content-Length: 10\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")) {
            try (H2Wire own = new H2Wire(site.port())) { // Tomcat takes two resets of a quiet one for an attack
                int stream = own.get("/");
                try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                    arrived.connection().send("HTTP/1.1 200 OK\r\n" + body);
                    assertTrue(own.readContent(stream).fields().startsWith(":status: 200\n"));
                    String got = "";
                    while (got.length() < 5) {
                        got += own.readContent(stream).text();
                    }
                    assertEquals("hello", got);
                }
                H2Wire.Frame end = own.readContent(stream);
                assertEquals(H2Wire.RST_STREAM, end.type());
            }
        }
        Until.true_(() -> site.site().gate().snapshot().inFlight() == 0);
    }

    @Test
    void section81AnUploadThatTheClientCancelsIsAnAbortForTheUpstream() throws Exception {
        int stream = client.request("POST", "/", false);
        client.data(stream, "abc", false);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertEquals("3\r\nabc\r\n", arrived.connection().read(8));
            client.reset(stream);
            assertEquals("<reset>", arrived.connection().readToEnd());
        }
        Until.true_(() -> site.site().gate().snapshot().inFlight() == 0);
    }

    /** To the Servlet API the end of a body and a reset are the same, until a moment later an error is told. */
    @Test
    void section81AnUploadThatIsCancelledNeverLooksWhole() throws Exception {
        site.http2().setOverheadCountFactor(0);
        site.http2().setOverheadResetFactor(0);
        site.http2().setOverheadDataThreshold(0);
        for (int i = 0; i < 200; i++) {
            int stream = client.request("POST", "/", false);
            client.data(stream, "abc", false);
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                assertEquals("3\r\nabc\r\n", arrived.connection().read(8));
                client.data(stream, "def", false);
                client.reset(stream);
                String rest = arrived.connection().readToEnd();
                assertFalse(rest.contains("0\r\n\r\n"), rest);
            }
        }
    }

    @Test
    void section81ARequestThatIsCancelledBeforeItsBodyCameNeverLooksWhole() throws Exception {
        site.close();
        Semaphore begun = new Semaphore(0);
        Semaphore cancelled = new Semaphore(0);
        Filter first = (request, response, chain) -> {
            if (((HttpServletRequest) request).getMethod().equals("POST")) {
                begun.release();
                cancelled.acquireUninterruptibly();
            }
            chain.doFilter(request, response);
        };
        site = TestSite.behind(first, upstream.port());
        client.close();
        client = new H2Wire(site.port());
        int stream = client.request("POST", "/", false);
        begun.acquire();
        client.reset(stream);
        client.ping();
        H2Wire.Frame frame;
        do {
            frame = client.readAny();
        } while (frame.type() != H2Wire.PING || frame.flags() == 0); // so it has seen the reset
        cancelled.release();
        Until.true_(() -> site.site().upstream().awaitIdle(java.time.Duration.ZERO)
                && site.site().gate().snapshot().counts().passed() == 1);

        client.get("/after");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertTrue(arrived.head().startsWith("GET /after "), arrived.head());
        }
    }

    @Test
    void section81AnEarlyRefusalStopsTheUpload() throws Exception {
        int stream = client.request("POST", "/", false, "content-length", "100000");
        client.data(stream, "abc", false);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertEquals("abc", arrived.connection().read(3));
            arrived.connection().send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
            H2Wire.Response response = client.readResponse(stream);
            assertTrue(response.fields().startsWith(":status: 413\n"), response.fields());
            assertEquals("big", response.body());
        }
    }

    /** curl 7.88 throws an answer away when the reset that stops its upload comes right behind it. */
    @Test
    void section81AnEarlyRefusalComesWithoutTheResetThatStopsTheUpload() throws Exception {
        int stream = client.request("POST", "/", false, "content-length", "100000");
        client.data(stream, "abc", false);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertEquals("abc", arrived.connection().read(3));
            arrived.connection().send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
            assertTrue(client.readContent(stream).fields().startsWith(":status: 413\n"));
            assertEquals("big", client.readContent(stream).text());
            int other = client.get("/");
            try (ScriptedUpstream.Arrived next = upstream.acceptRequest()) {
                next.connection().send(OK.replace("Content", "Connection: close\r\nContent"));
                H2Wire.Frame frame;
                do {
                    frame = client.readAny();
                    assertTrue(frame.type() != H2Wire.RST_STREAM, "a reset at once");
                } while (frame.stream() != other || !frame.ends());
            }
            H2Wire.Response end = client.readResponse(stream); // for whoever does not stop by himself
            assertEquals("", end.body());
            assertEquals(H2Wire.RST_STREAM, client.readContent(stream).type());
        }
    }

    /** Else what was sent meanwhile would be missing in the connection's window for good. */
    @Test
    void section81WhatIsStillSentAfterAnEarlyRefusalIsRead() throws Exception {
        site.http2().setOverheadDataThreshold(0);
        int stream = client.request("POST", "/", false, "content-length", "100000");
        client.data(stream, "abc", false);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertEquals("abc", arrived.connection().read(3));
            arrived.connection().send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
            assertEquals(H2Wire.HEADERS, client.readContent(stream).type());
            assertEquals("big", client.readContent(stream).text());
            client.data(stream, "x".repeat(16_000), false);
            assertEquals(H2Wire.WINDOW_UPDATE, client.read(stream).type());
            client.data(stream, "x".repeat(16_000), false);
            assertEquals(H2Wire.WINDOW_UPDATE, client.read(stream).type());
        }
    }

    /** No timer, and no buffer that has to fill; whatever the type. */
    @Test
    void eachPieceIsWithTheClientBeforeTheNextIsMade() throws Exception {
        for (String type : List.of("text/event-stream", "application/octet-stream")) {
            int stream = client.get("/");
            try (Wire http1 = site.client();
                    ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                http1.send("GET / HTTP/1.1\r\nHost: site\r\n\r\n");
                try (ScriptedUpstream.Arrived arrived1 = upstream.acceptRequest()) {
                    String head = "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n\r\n";
                    arrived.connection().send(head);
                    arrived1.connection().send(head);
                    assertEquals(H2Wire.HEADERS, client.readContent(stream).type());
                    http1.readHead();
                    for (int i = 0; i < 5; i++) {
                        arrived.connection().send("1\r\n" + i + "\r\n");
                        assertEquals("" + i, client.readContent(stream).text());
                        arrived1.connection().send("1\r\n" + i + "\r\n");
                        assertEquals("1\r\n" + i + "\r\n", http1.read(6));
                    }
                    arrived.connection().send("0\r\n\r\n");
                    assertTrue(client.readContent(stream).ends());
                    arrived1.connection().send("0\r\n\r\n");
                    assertEquals("0\r\n\r\n", http1.read(5));
                }
                arrived.connection().close();
            }
            site.site().upstream().closeIdle();
        }
    }

    @Test
    void section52ASlowReaderSlowsTheUpstream() throws Exception {
        int stream = client.get("/");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            int size = 30_000_000;
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
                    arrived.connection().send(new byte[size]);
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertEquals(H2Wire.HEADERS, client.readContent(stream).type());
            assertFalse(sending.isDone(), "the kernel takes some megabytes, the rest must wait for the client");
            assertEquals(size, client.readResponse(stream).body().length());
            sending.get(10, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void section512FiveHundredParallelStreams(int connections) throws Exception {
        int each = 500 / connections;
        site.http2().setMaxConcurrentStreams(each);
        site.http2().setMaxConcurrentStreamExecution(each); // else Tomcat may lose one: see HttpConnector
        List<H2Wire> clients = new ArrayList<>();
        List<ScriptedUpstream.Arrived> arrived = new ArrayList<>();
        LogTap log = new LogTap(Level.FINE);
        try {
            Map<String, Integer> streams = new HashMap<>();
            for (int c = 0; c < connections; c++) {
                clients.add(new H2Wire(site.port()));
                for (int i = 0; i < each; i++) {
                    String path = "/" + c + "-" + i;
                    streams.put(path, clients.get(c).get(path));
                }
            }
            for (int i = 0; i < 500; i++) {
                arrived.add(upstream.acceptRequest());
            }
            for (ScriptedUpstream.Arrived one : arrived) {
                String path = one.head().split(" ")[1];
                one.connection().send("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
            }
            for (Map.Entry<String, Integer> asked : streams.entrySet()) {
                H2Wire one = clients.get(asked.getKey().charAt(1) - '0');
                assertEquals(asked.getKey(), one.readResponse(asked.getValue()).body());
            }
            assertTrue(site.site().upstream().awaitIdle(java.time.Duration.ofSeconds(5)));
        } catch (IOException e) { // seen once, and not explained: so it tells what there is to know
            e.addSuppressed(new IOException(arrived.size() + " have arrived; logged: " + log.all()));
            for (H2Wire one : clients) {
                e.addSuppressed(new IOException("a client got: " + whatCame(one)));
            }
            throw e;
        } finally {
            log.close();
            for (H2Wire one : clients) {
                one.close();
            }
            for (ScriptedUpstream.Arrived one : arrived) {
                one.close();
            }
        }
    }

    /** Above all whether, and why, the connection was closed. */
    private static String whatCame(H2Wire client) {
        StringBuilder frames = new StringBuilder();
        try {
            client.socket().setSoTimeout(500);
            while (true) {
                H2Wire.Frame frame = client.readAny();
                frames.append(frame.type()).append('/').append(frame.stream());
                frames.append(frame.type() == H2Wire.GOAWAY ? " " + frame.text() : "")
                        .append(", ");
            }
        } catch (IOException end) {
            return frames.append(end).toString();
        }
    }

    @Test
    void heldStreamsGoOnWhenTheyAreReleased() throws Exception {
        site.hold();
        int get = client.get("/get");
        int post = client.request("POST", "/post", false, "content-length", "5");
        client.data(post, "hello", true);
        int cancelled = client.get("/cancelled");
        site.awaitHeld(3);
        client.reset(cancelled);
        site.awaitHeld(2);
        site.release();
        for (int i = 0; i < 2; i++) {
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                if (arrived.head().startsWith("POST /post ")) {
                    assertEquals("hello", arrived.connection().read(5));
                } else {
                    assertTrue(arrived.head().startsWith("GET /get "), arrived.head());
                }
                arrived.connection().send(OK.replace("Content", "Connection: close\r\nContent"));
            }
        }
        assertEquals("ok", client.readResponse(get).body());
        assertEquals("ok", client.readResponse(post).body());
        assertFalse(upstream.hasPending(100));
    }
}
