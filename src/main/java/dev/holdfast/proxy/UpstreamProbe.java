package dev.holdfast.proxy;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.util.Timeout;

/** Finds out when an upstream that refused connections takes them again: a connect without TLS, a few times a second. */
final class UpstreamProbe {
    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(1);

    private final Upstream upstream;
    private final ScheduledExecutorService timer;
    private final Timeout connectTimeout;
    private final AtomicBoolean running = new AtomicBoolean();

    UpstreamProbe(Upstream upstream, ScheduledExecutorService timer, Duration connectTimeout) {
        this.upstream = upstream;
        this.timer = timer;
        this.connectTimeout =
                Timeout.of(connectTimeout.compareTo(LONGEST_CONNECT) < 0 ? connectTimeout : LONGEST_CONNECT);
    }

    void start(Runnable listener) {
        if (running.compareAndSet(false, true)) {
            scheduleNext(listener);
        }
    }

    private void scheduleNext(Runnable listener) {
        try {
            timer.schedule(
                    () -> upstream.pool().connectOnce(upstream.address(), connectTimeout, new Probe(listener)),
                    INTERVAL.toMillis(),
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopped) {
            running.set(false);
        }
    }

    /** On a reactor thread. */
    private final class Probe implements FutureCallback<IOSession> {
        private final Runnable listener;

        Probe(Runnable listener) {
            this.listener = listener;
        }

        @Override
        public void completed(IOSession session) {
            session.close(CloseMode.GRACEFUL);
            // Before it is told: whoever is refused right after that starts us anew.
            running.set(false);
            timer.execute(listener);
        }

        @Override
        public void failed(Exception refused) {
            scheduleNext(listener);
        }

        @Override
        public void cancelled() {
            scheduleNext(listener);
        }
    }
}
