package dev.holdfast.web;

import dev.holdfast.thread.OneThread;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Tells those who look at the page how it is, once a second, as an event stream
 * (<a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">WHATWG HTML, server-sent events</a>). They are
 * woken together, and what is true then is put together once for all of them.
 *
 * <p>Each event is written by a container thread, in a dispatch: Tomcat may give a request whose write fails on any other
 * thread to the next client, with that thread's error in it. A reader that does not read keeps one thread, until the
 * connector's write timeout; so there are few at a time.
 */
final class AdminEvents implements AutoCloseable {
    private static final int MOST = 16;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Supplier<String> now;
    private final long started = System.nanoTime();
    private final OneThread timer = new OneThread("holdfast-events");
    private final AtomicInteger viewers = new AtomicInteger();
    private final Set<AsyncContext> waiting =
            ConcurrentHashMap.newKeySet(); // those viewers who are not just written to
    private volatile boolean closed;
    private long second = -1; // in which the line was made; guarded by this, as is the line
    private String line;

    /** @param now gives what is true of the sites now, in a line; asked by any thread */
    AdminEvents(Supplier<String> now) {
        this.now = now;
    }

    /** Of this second, for all who are woken in it. */
    private synchronized String line() {
        long thisSecond = (System.nanoTime() - started) / SECOND;
        if (thisSecond != second) {
            second = thisSecond;
            line = now.get();
        }
        return line;
    }

    /** Writes what is true now, and waits for the next second. To be called by the container's thread. */
    void tell(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (response.isCommitted()) {
            write(line(), request, response);
        } else if (viewers.incrementAndGet() > MOST || closed) {
            viewers.decrementAndGet();
            response.setHeader("Retry-After", "5");
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        } else {
            begin(request, response);
        }
    }

    private void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        boolean goesOn = false;
        try {
            // Made anew: the page that asks has been made just now, and is not to go back.
            goesOn = write(now.get(), request, response);
        } finally {
            if (!goesOn) {
                viewers.decrementAndGet();
            }
        }
    }

    /** Returns whether more is to come. */
    private boolean write(String what, HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.getOutputStream().write(("data: " + what + "\n").getBytes(StandardCharsets.UTF_8));
        response.flushBuffer();
        if (closed) {
            return false;
        }
        awaitNext(request, response);
        return true;
    }

    private void awaitNext(HttpServletRequest request, HttpServletResponse response) {
        ServletContext webapp = request.getServletContext();
        boolean tellsWhenItStops = isServed(webapp);
        AsyncContext context = request.startAsync(request, response);
        context.setTimeout(0);
        context.addListener(new Departure(context));
        waiting.add(context);
        timer.schedule(
                () -> next(context, !tellsWhenItStops || isServed(webapp)),
                SECOND - (System.nanoTime() - started) % SECOND,
                TimeUnit.NANOSECONDS);
        if (closed) { // T1 (here) has seen it open, T2 has closed it and found nobody: so T1 looks again
            next(context, false);
        }
    }

    /**
     * Whether the container finds the web application under its path. One that is going down takes it away there first, waits
     * for our streams, and takes no dispatch meanwhile, which Tomcat would say with a stack trace.
     */
    private static boolean isServed(ServletContext webapp) {
        return webapp.equals(webapp.getContext(webapp.getContextPath() + "/"));
    }

    private void next(AsyncContext context, boolean goesOn) {
        if (waiting.remove(context)) {
            try {
                if (goesOn) {
                    context.dispatch();
                } else {
                    context.complete();
                }
            } catch (RuntimeException leftOrStopped) {
                // The container noticed it too, and tells the listener below.
            }
        }
    }

    /** Ends the streams, and those that come. */
    @Override
    public void close() {
        closed = true;
        waiting.forEach(context -> next(context, false));
        timer.close();
    }

    private final class Departure implements AsyncListener {
        private final AsyncContext context;

        Departure(AsyncContext context) {
            this.context = context;
        }

        @Override
        public void onError(AsyncEvent event) {
            next(context, false);
        }

        /** There is no time limit: the container is going down. */
        @Override
        public void onTimeout(AsyncEvent event) {
            waiting.add(context); // it may be that the container has just refused to dispatch it
            next(context, false);
        }

        @Override
        public void onComplete(AsyncEvent event) {
            waiting.remove(context);
            viewers.decrementAndGet();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // The next second has come.
        }
    }
}
