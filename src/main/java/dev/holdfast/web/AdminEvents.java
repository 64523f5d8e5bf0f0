package dev.holdfast.web;

import dev.holdfast.config.Json;
import dev.holdfast.status.SiteStatus;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Tells those who look at the page how it is, once a second, as an event stream
 * (<a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">WHATWG HTML, server-sent events</a>).
 *
 * <p>Each event is written by a container thread, in a dispatch: Tomcat may give a request whose write fails on any other
 * thread to the next client, with that thread's error in it. A reader that does not read keeps one thread, until the
 * connector's write timeout; so there are few at a time.
 */
final class AdminEvents implements AutoCloseable {
    private static final int MOST = 16;

    private final List<SiteStatus> sites;
    private final ScheduledThreadPoolExecutor timer;
    private final Set<AsyncContext> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    AdminEvents(List<SiteStatus> sites) {
        this.sites = sites;
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "holdfast-events");
            thread.setDaemon(true);
            return thread;
        });
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy()); // closed meanwhile, see tell
    }

    private void next(AsyncContext context) {
        if (waiting.remove(context)) {
            try {
                context.dispatch();
            } catch (RuntimeException clientLeft) {
                // The container noticed it too.
            }
        }
    }

    /** What is true of the sites now, in a line of JSON. */
    String now() {
        return Json.line(sites.stream().map(SiteStatus::now).toList());
    }

    /** Writes what is true now, and waits for the next second. To be called by the container's thread. */
    void tell(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!response.isCommitted()) {
            if (closed || waiting.size() >= MOST) {
                response.setHeader("Retry-After", "5");
                response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
                return;
            }
            response.setContentType("text/event-stream");
            response.setCharacterEncoding("UTF-8");
            response.setHeader("Cache-Control", "no-store");
        }
        response.getOutputStream().write(("data: " + now() + "\n").getBytes(StandardCharsets.UTF_8));
        response.flushBuffer();
        if (!closed) {
            AsyncContext context = request.startAsync(request, response);
            context.setTimeout(0);
            context.addListener(new Departure(context));
            waiting.add(context);
            timer.schedule(() -> next(context), 1, TimeUnit.SECONDS);
            if (closed) { // T1 (here) has seen it open, T2 has closed it and found nobody: so T1 looks again
                next(context);
            }
        }
    }

    /** Ends the streams. */
    @Override
    public void close() {
        closed = true;
        waiting.forEach(this::next);
        timer.shutdownNow();
    }

    private final class Departure implements AsyncListener {
        private final AsyncContext context;

        Departure(AsyncContext context) {
            this.context = context;
        }

        @Override
        public void onError(AsyncEvent event) {
            leave();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            leave(); // the container is going down
        }

        private void leave() {
            if (waiting.remove(context)) {
                context.complete();
            }
        }

        @Override
        public void onComplete(AsyncEvent event) {
            waiting.remove(context);
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // The next second has come.
        }
    }
}
