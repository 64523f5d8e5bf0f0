package dev.holdfast.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.SettingsLoader;
import dev.holdfast.config.SiteSettings;
import dev.holdfast.config.UpstreamAddress;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process is paused while it makes a head of a request for the upstream, and wakes up in the middle of an upgrade. It asked before it made
 * the head, and then wrote it: one with a body some milliseconds later on a busy machine, since HttpCore keeps it until the
 * next event. So a paused node of a fleet let a request into a half-upgraded site, about once in a hundred upgrades.
 */
class LastQuestionTest {
    private final AtomicBoolean lapsed = new AtomicBoolean();
    private final CompletableFuture<Void> heldBack = new CompletableFuture<>();
    private WriteListener container;

    /** What is known of the fleet's switch is too old as soon as somebody makes a head of it. */
    private final class Head extends BasicHttpRequest {
        private static final long serialVersionUID = 1;

        Head(String method) {
            super(method, "/");
            addHeader("Host", "site");
            if (method.equals("PUT")) {
                addHeader("Content-Length", "5");
            }
        }

        @Override
        public Iterator<Header> headerIterator() {
            lapsed.set(true);
            return super.headerIterator();
        }
    }

    private static final class NothingYet extends ServletInputStream {
        @Override
        public boolean isFinished() {
            return false;
        }

        @Override
        public boolean isReady() {
            return false;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("the body of a request that is to be held again must not be asked for");
        }

        @Override
        public int read() {
            throw new IllegalStateException("not ready");
        }
    }

    private final class Nowhere extends ServletOutputStream {
        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            container = listener;
        }

        @Override
        public void write(int b) {
            throw new IllegalStateException("an answer without a request");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT"})
    void isAskedWhenTheHeadIsMade(String method) throws Exception {
        try (ServerSocket site = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
                Upstream upstream = upstream(site.getLocalPort())) {
            CompletableFuture<Integer> arrived = CompletableFuture.supplyAsync(() -> firstByte(site));
            start(upstream, new Head(method));

            assertEquals(-1, arrived.get(30, TimeUnit.SECONDS), "the request has reached the site");
            heldBack.get(30, TimeUnit.SECONDS);
            assertTrue(lapsed.get());
        }
    }

    /** Returns -1 where the connection ends without one. */
    private static int firstByte(ServerSocket site) {
        try (Socket connection = site.accept()) {
            return connection.getInputStream().read();
        } catch (SocketException reset) {
            return -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Upstream upstream(int port) {
        SiteSettings settings = SettingsLoader.load(
                "test",
                Map.of("upstream", "http://127.0.0.1:" + port),
                Map.of(),
                Path.of("").toAbsolutePath());
        return new Upstream("test", settings.upstream(), settings.forwarding(), settings.streams(), () -> false);
    }

    private void start(Upstream upstream, HttpRequest head) throws Exception {
        UpstreamAddress address = upstream.address();
        Exchange exchange = new Exchange(
                upstream,
                new Upstream.Destination(address, upstream.pool().route(address)),
                head,
                UpgradeOffer.NONE,
                stub(AsyncContext.class, Map.of()),
                stub(
                        HttpServletRequest.class,
                        Map.of(
                                "getProtocol",
                                "HTTP/1.1",
                                "getMethod",
                                head.getMethod(),
                                "getInputStream",
                                new NothingYet(),
                                "getContentLengthLong",
                                head.containsHeader("Content-Length") ? 5L : -1L)),
                stub(HttpServletResponse.class, Map.of("getOutputStream", new Nowhere())),
                listener());
        exchange.begin();
        container.onWritePossible();
    }

    private ExchangeListener listener() {
        return (ExchangeListener) Proxy.newProxyInstance(
                ExchangeListener.class.getClassLoader(),
                new Class<?>[] {ExchangeListener.class},
                (self, method, arguments) -> {
                    switch (method.getName()) {
                        case "mayBegin":
                            return !lapsed.get();
                        case "heldBack":
                            heldBack.complete(null);
                            return null;
                        default:
                            heldBack.completeExceptionally(
                                    new AssertionError(method + " " + Arrays.toString(arguments)));
                            return null;
                    }
                });
    }

    private static <T> T stub(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> answers.get(method.getName())));
    }
}
