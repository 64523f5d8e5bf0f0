package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.web.OwnAnswer.Kind;
import dev.holdfast.web.RawClient.Answer;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.http2.Http2Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class AnswerWriterTest {
    private static final String BROWSER = "Accept: text/html\r\n";

    /** The two ways to a held request. */
    enum Way {
        BY_DISPATCH(AnswerWriterTest::dispatch),
        DIRECTLY(AnswerWriter::sendDirectly);

        private interface Sender {
            void send(OwnAnswer answer, AsyncContext held) throws IOException;
        }

        private final Sender sender;

        Way(Sender sender) {
            this.sender = sender;
        }
    }

    /** As the filter does it: dispatched, and written by the container's thread; where that cannot be, written here. */
    private static void dispatch(OwnAnswer answer, AsyncContext held) throws IOException {
        held.getRequest().setAttribute("answer", answer);
        try {
            held.dispatch();
        } catch (UnsupportedOperationException stopping) {
            AnswerWriter.sendDirectly(answer, held);
        }
    }

    /** Holds what is under /held, answers /now/KIND itself, and passes the rest to the site. */
    private final class HoldingFilter implements Filter {
        final BlockingQueue<AsyncContext> arrivals = new LinkedBlockingQueue<>();
        volatile TestTomcat.Task whenDestroyed = () -> {};

        @Override
        public void destroy() {
            try {
                whenDestroyed.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain) throws IOException {
            Optional<OwnAnswer> pending = Optional.ofNullable((OwnAnswer) request.getAttribute("answer"));
            String target = ((HttpServletRequest) request).getRequestURI();
            if (pending.isPresent()) {
                AnswerWriter.write(pending.get(), (HttpServletRequest) request, (HttpServletResponse) response);
            } else if (target.startsWith("/now/")) {
                OwnAnswer answer = answer(Kind.valueOf(target.substring(5)));
                AnswerWriter.write(answer, (HttpServletRequest) request, (HttpServletResponse) response);
            } else if (target.equals("/held")) {
                AsyncContext held = request.startAsync();
                held.setTimeout(0);
                arrivals.add(held);
            } else {
                response.getOutputStream().print("the site");
            }
        }

        AsyncContext next() throws InterruptedException {
            AsyncContext held = arrivals.poll(10, TimeUnit.SECONDS);
            if (held == null) {
                throw new AssertionError("no request came");
            }
            return held;
        }
    }

    private final HoldingFilter filter = new HoldingFilter();
    private TestTomcat tomcat;

    @BeforeEach
    void start() throws Exception {
        tomcat = new TestTomcat()
                .connector(connector -> {
                    connector.setProperty("maxThreads", "1");
                    connector.setProperty("minSpareThreads", "1");
                    connector.setProperty("socket.txBufSize", "8192");
                })
                .connector(connector -> connector.addUpgradeProtocol(new Http2Protocol()))
                .servlet(new HttpServlet() {
                    private static final long serialVersionUID = 1;
                })
                .filter(filter)
                .start();
    }

    @AfterEach
    void stop() throws Exception {
        tomcat.close();
    }

    @Nested
    class InItsOwnThread {
        @ParameterizedTest
        @EnumSource
        void setsStatusAndFields(Kind kind) throws Exception {
            Answer answer = ask("GET /now/" + kind, "", "");

            assertEquals(kind.status, answer.status());
            assertEquals("no-store", answer.fields().get("Cache-Control"));
            assertEquals("Accept", answer.fields().get("Vary"));
            assertEquals("nosniff", answer.fields().get("X-Content-Type-Options"));
            assertEquals("application/problem+json", answer.fields().get("Content-Type"));
            assertEquals(kind.status == 503 ? "7" : null, answer.fields().get("Retry-After"));
            assertNull(answer.fields().get("Content-Security-Policy"));
            assertEquals(text(kind, "GET", "*/*"), answer.body());
        }

        @Test
        void givesABrowserAPageWithItsPolicy() throws Exception {
            Answer answer = ask("GET /now/EXPIRED", BROWSER, "");

            assertEquals("text/html;charset=UTF-8", answer.fields().get("Content-Type"));
            assertTrue(answer.fields()
                    .get("Content-Security-Policy")
                    .startsWith("default-src 'none'; style-src 'sha256-"));
            assertEquals(text(Kind.EXPIRED, "GET", "text/html"), answer.body());
        }

        @Test
        void keepsAConnectionWithoutUnreadBody() throws Exception {
            try (RawClient client = new RawClient(tomcat.port())) {
                for (int i = 0; i < 3; i++) {
                    client.send("GET /now/BROKEN_ANSWER HTTP/1.1\r\nHost: a\r\n\r\n");
                    Answer answer = client.read();
                    assertEquals(502, answer.status());
                    assertNull(answer.fields().get("Connection"));
                }
            }
        }

        @Test
        void closesTheConnectionInsteadOfWaitingForTheBody() throws Exception {
            try (RawClient client = new RawClient(tomcat.port())) {
                client.send("POST /now/BROKEN_ANSWER HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
                Answer answer = client.read();

                assertEquals(502, answer.status());
                assertEquals("close", answer.fields().get("Connection"));
                assertEquals("", client.rest());
            }
        }
    }

    @Nested
    class FromAnotherThread {
        @ParameterizedTest
        @EnumSource
        void answersGet(Way way) throws Exception {
            Answer answer = askHeld(way, "GET", "");

            assertEquals(503, answer.status());
            assertEquals("7", answer.fields().get("Retry-After"));
            assertEquals(text(Kind.EXPIRED, "GET", "*/*"), answer.body());
        }

        @ParameterizedTest
        @EnumSource
        void answersPostWithUnreadBody(Way way) throws Exception {
            Answer answer = askHeld(way, "POST", "Content-Length: 1000\r\n");

            assertEquals(503, answer.status());
            assertEquals("close", answer.fields().get("Connection"));
            assertEquals(text(Kind.EXPIRED, "POST", "*/*"), answer.body());
        }

        @ParameterizedTest
        @EnumSource
        void answersHeadWithTheSameFieldsAndNoBody(Way way) throws Exception {
            Map<String, String> ofGet =
                    new TreeMap<>(askHeld(way, "GET", BROWSER).fields());
            try (RawClient client = new RawClient(tomcat.port())) {
                client.send("HEAD /held HTTP/1.1\r\nHost: a\r\n" + BROWSER + "\r\n");
                way.sender.send(answer(Kind.EXPIRED), filter.next());
                Map<String, String> ofHead = new TreeMap<>(client.readHead().fields());

                ofGet.remove("Date");
                ofHead.remove("Date");
                assertEquals(ofGet, ofHead);
                assertEquals("", client.rest());
            }
        }

        @ParameterizedTest
        @EnumSource
        void answersOverHttp2(Way way) throws Exception {
            HttpClient client = HttpClient.newHttpClient();
            URI uri = URI.create("http://127.0.0.1:" + tomcat.port());
            // The first request of a cleartext connection is HTTP/1.1 that asks for HTTP/2.
            client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
            HttpRequest request = HttpRequest.newBuilder(uri.resolve("/held"))
                    .POST(BodyPublishers.ofString("x".repeat(10_000)))
                    .build();
            CompletableFuture<HttpResponse<String>> response = client.sendAsync(request, BodyHandlers.ofString());
            way.sender.send(answer(Kind.EXPIRED), filter.next());

            HttpResponse<String> answer = response.get(10, TimeUnit.SECONDS);

            assertEquals(HttpClient.Version.HTTP_2, answer.version());
            assertEquals(503, answer.statusCode());
            assertEquals(text(Kind.EXPIRED, "POST", "*/*"), answer.body());
            assertEquals(Optional.empty(), answer.headers().firstValue("connection"));
        }

        @ParameterizedTest
        @EnumSource
        void doesNotWaitForAClientThatReadsNothing(Way way) throws Exception {
            OwnAnswer large = new OwnAnswer(Kind.REFUSED, Duration.ofSeconds(7), "x".repeat(1_000_000));
            try (RawClient client = new RawClient(slowSocket())) {
                client.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
                AsyncContext held = filter.next();

                way.sender.send(large, held); // returns although nobody reads

                if (way == Way.BY_DISPATCH) {
                    assertEquals("the site", ask("GET /free", "", "").body()); // in the only container thread
                }
                String expected =
                        new String(AnswerBody.of(large, "GET", List.of()).bytes());
                assertEquals(expected, client.read().body());
            }
        }
    }

    @Nested
    class WhenTheContextIsBeingStopped {
        @ParameterizedTest
        @EnumSource
        void answersFromTheContextListener(Way way) throws Exception {
            try (RawClient client = new RawClient(tomcat.port())) {
                Leftover held = hold(client, way);
                tomcat.whenDestroyed(held::answerAndAwait);

                tomcat.context.stop();

                assertEquals(text(Kind.STOPPING, "GET", "*/*"), client.read().body());
            }
        }

        /** Tomcat looks each second for held requests of a context that is stopping, and times them out. */
        @ParameterizedTest
        @EnumSource
        void answersWhenTheContainerTimesItOutBefore(Way way) throws Exception {
            try (RawClient client = new RawClient(tomcat.port())) {
                Leftover held = hold(client, way);
                filter.whenDestroyed = () -> held.over.get(10, TimeUnit.SECONDS);

                tomcat.context.stop();

                assertTrue(held.timedOut);
                assertEquals(text(Kind.STOPPING, "GET", "*/*"), client.read().body());
            }
        }

        private Leftover hold(RawClient client, Way way) throws Exception {
            client.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
            Leftover held = new Leftover(filter.next(), way);
            held.context.addListener(held);
            tomcat.context.setUnloadDelay(1);
            return held;
        }
    }

    /** A request that is still held when the context stops. Whoever comes first answers; the other waits for that. */
    private static final class Leftover implements AsyncListener {
        final CompletableFuture<Void> over = new CompletableFuture<>();
        private final AsyncContext context;
        private final Way way;
        private boolean answered; // guarded by this
        private volatile boolean timedOut;

        Leftover(AsyncContext context, Way way) {
            this.context = context;
            this.way = way;
        }

        void answerAndAwait() throws Exception {
            answer();
            over.get(5, TimeUnit.SECONDS);
        }

        private synchronized void answer() throws IOException {
            if (!answered) {
                answered = true;
                way.sender.send(AnswerWriterTest.answer(Kind.STOPPING), context);
            }
        }

        @Override
        public void onTimeout(AsyncEvent event) throws IOException {
            timedOut = true;
            answer();
        }

        @Override
        public void onComplete(AsyncEvent event) {
            over.complete(null);
        }

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }

    private Answer ask(String start, String fields, String body) throws IOException {
        try (RawClient client = new RawClient(tomcat.port())) {
            return client.send(start + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body)
                    .read();
        }
    }

    private Answer askHeld(Way way, String method, String fields) throws Exception {
        try (RawClient client = new RawClient(tomcat.port())) {
            client.send(method + " /held HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
            way.sender.send(answer(Kind.EXPIRED), filter.next());
            return client.read();
        }
    }

    private Socket slowSocket() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), tomcat.port()));
        return socket;
    }

    private static OwnAnswer answer(Kind kind) {
        return OwnAnswer.of(kind, Duration.ofSeconds(7));
    }

    private static String text(Kind kind, String method, String accept) {
        return new String(AnswerBody.of(answer(kind), method, List.of(accept)).bytes());
    }
}
