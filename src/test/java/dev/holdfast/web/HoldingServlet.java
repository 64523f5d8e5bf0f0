package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32;
import org.awaitility.Awaitility;

/** Holds every request until the test releases it, then answers with what it got: target, body length and hash. */
final class HoldingServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final String LISTEN = "listen";

    /** One held request. Whoever flips {@code over} first may release it or give it up. */
    record Held(String target, AsyncContext context, ClientProbe probe, AtomicBoolean over) {
        /** Probes until this is the answer. */
        void await(ClientProbe.State expected) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(5))
                    .pollInterval(Duration.ofMillis(1))
                    .pollDelay(Duration.ZERO)
                    .until(() -> probe.probe() == expected);
        }

        /** Probes until this is the answer; then it is to stay that. */
        void probeOften(ClientProbe.State expected) {
            await(expected);
            for (int i = 0; i < 200; i++) {
                assertEquals(expected, probe.probe());
            }
        }

        void release() {
            if (over.compareAndSet(false, true)) {
                context.dispatch();
            }
        }

        /** Releases it to a reader that is told by the container when the body comes. */
        void releaseToListener() {
            context.getRequest().setAttribute(LISTEN, true);
            release();
        }

        void giveUp() {
            if (over.compareAndSet(false, true)) {
                context.complete();
            }
        }
    }

    final transient BlockingQueue<Held> arrivals = new LinkedBlockingQueue<>();

    Held next() throws InterruptedException {
        Held held = arrivals.poll(10, TimeUnit.SECONDS);
        if (held == null) {
            throw new AssertionError("no request came");
        }
        return held;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() == DispatcherType.REQUEST) {
            ClientProbe probe = ClientProbe.of(new HttpServletRequestWrapper(request));
            arrivals.add(new Held(request.getRequestURI(), hold(request), probe, new AtomicBoolean()));
        } else if (request.getAttribute(LISTEN) != null) {
            request.getInputStream().setReadListener(new Listener(hold(request)));
        } else {
            answer(request.getRequestURI(), request.getInputStream().readAllBytes(), response);
        }
    }

    private static AsyncContext hold(HttpServletRequest request) {
        AsyncContext context = request.startAsync();
        context.setTimeout(0);
        return context;
    }

    private static void answer(String target, byte[] body, ServletResponse response) throws IOException {
        response.getOutputStream().print(seen(target, body));
    }

    private record Listener(AsyncContext context, ByteArrayOutputStream body) implements ReadListener {
        Listener(AsyncContext context) {
            this(context, new ByteArrayOutputStream());
        }

        @Override
        public void onDataAvailable() throws IOException {
            ServletInputStream in = context.getRequest().getInputStream();
            byte[] piece = new byte[1000];
            while (in.isReady() && !in.isFinished()) {
                body.write(piece, 0, Math.max(0, in.read(piece)));
            }
        }

        @Override
        public void onAllDataRead() throws IOException {
            String target = ((HttpServletRequest) context.getRequest()).getRequestURI();
            answer(target, body.toByteArray(), context.getResponse());
            context.complete();
        }

        @Override
        public void onError(Throwable error) {
            context.complete();
        }
    }

    /** What the answer to this request is to be. */
    static String seen(String target, byte[] body) {
        CRC32 hash = new CRC32();
        hash.update(body);
        return target + " " + body.length + " " + Long.toHexString(hash.getValue());
    }
}
