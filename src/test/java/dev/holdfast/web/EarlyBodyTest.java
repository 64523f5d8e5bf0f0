package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.reflect.Proxy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A part of a body has come with the head, and the container has no thread yet in which to listen for the rest. */
class EarlyBodyTest {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final BlockingQueue<Runnable> starts = new LinkedBlockingQueue<>();

    private final Filter busyContainer = (request, response, chain) -> chain.doFilter(
            new HttpServletRequestWrapper((HttpServletRequest) request) {
                @Override
                public AsyncContext startAsync(ServletRequest with, ServletResponse and) {
                    return startingLater(super.startAsync(with, and));
                }
            },
            response);

    private AsyncContext startingLater(AsyncContext context) {
        return (AsyncContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {AsyncContext.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("start")) {
                        starts.add(() -> context.start((Runnable) arguments[0]));
                        return null;
                    }
                    return method.invoke(context, arguments);
                });
    }

    /** The engine asked for the part again and again, since it was told that there was something to send. */
    @Test
    void theReactorIsIdleMeanwhile() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.behind(busyContainer, upstream.port());
                Wire client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\nhe");
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                Runnable start = starts.poll(10, TimeUnit.SECONDS);

                long before = reactorNanos();
                Until.quiet(() -> true);
                long used = reactorNanos() - before;
                assertTrue(used < TimeUnit.MILLISECONDS.toNanos(50), used + " ns of CPU");

                start.run();
                client.send("llo");
                assertEquals("hello", arrived.connection().read(5));
                arrived.connection().send(AnsweringUpstream.OK);
                assertTrue(client.readResponse().endsWith("ok"));
            }
        }
    }

    private static long reactorNanos() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("holdfast-io-"))
                .mapToLong(thread -> THREADS.getThreadCpuTime(thread.getId()))
                .sum();
    }
}
