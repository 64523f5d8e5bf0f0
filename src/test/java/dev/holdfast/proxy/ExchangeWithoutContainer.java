package dev.holdfast.proxy;

import dev.holdfast.config.SettingsLoader;
import dev.holdfast.config.SiteSettings;
import dev.holdfast.config.UpstreamAddress;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletConnection;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.apache.hc.core5.http.HttpRequest;

/**
 * One exchange with a real upstream, whose container is played here: it has nothing of a body yet, takes no answer, and does at once in
 * the caller's thread what is to be done in its own. What the listener is told is kept.
 */
final class ExchangeWithoutContainer implements AutoCloseable {
    private final Upstream upstream;
    private final String protocol;
    private final Function<String, Object> answers;
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    private WriteListener container;

    /**
     * @param port of the upstream
     * @param answers to what the listener is asked, by the name of its method
     */
    ExchangeWithoutContainer(int port, String protocol, Function<String, Object> answers) {
        SiteSettings settings = SettingsLoader.load(
                "test",
                Map.of("upstream", "http://127.0.0.1:" + port),
                Map.of(),
                Path.of("").toAbsolutePath());
        this.upstream =
                new Upstream("test", settings.upstream(), settings.forwarding(), settings.streams(), () -> false);
        this.protocol = protocol;
        this.answers = answers;
    }

    void begin(HttpRequest head) throws IOException {
        UpstreamAddress address = upstream.address();
        HttpServletRequest request = stub(
                HttpServletRequest.class,
                Map.of(
                        "getProtocol",
                        protocol,
                        "getMethod",
                        head.getMethod(),
                        "getInputStream",
                        new NothingYet(),
                        "getServletConnection",
                        stub(ServletConnection.class, Map.of("getConnectionId", "1")),
                        "getContentLengthLong",
                        head.containsHeader("Content-Length")
                                ? Long.parseLong(
                                        head.getFirstHeader("Content-Length").getValue())
                                : -1L));
        Exchange exchange = new Exchange(
                upstream,
                new Upstream.Destination(address, upstream.pool().route(address)),
                head,
                UpgradeOffer.NONE,
                context(request),
                request,
                stub(HttpServletResponse.class, Map.of("getOutputStream", new Nowhere())),
                listener());
        exchange.begin();
        container.onWritePossible();
    }

    /** The names of the listener's methods, in order; without those that ask. */
    Queue<String> told() {
        return told;
    }

    private ExchangeListener listener() {
        return (ExchangeListener) Proxy.newProxyInstance(
                ExchangeListener.class.getClassLoader(),
                new Class<?>[] {ExchangeListener.class},
                (self, method, arguments) -> {
                    if (method.getReturnType() == void.class) {
                        told.add(method.getName());
                        return null;
                    }
                    return answers.apply(method.getName());
                });
    }

    private static AsyncContext context(ServletRequest request) {
        return (AsyncContext) Proxy.newProxyInstance(
                AsyncContext.class.getClassLoader(), new Class<?>[] {AsyncContext.class}, (self, method, arguments) -> {
                    if (method.getName().equals("start")) {
                        ((Runnable) arguments[0]).run();
                    }
                    return method.getName().equals("getRequest") ? request : null;
                });
    }

    private static <T> T stub(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> answers.get(method.getName())));
    }

    @Override
    public void close() {
        upstream.close();
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
            // Nothing comes.
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
            throw new IllegalStateException("an answer to nobody");
        }
    }
}
