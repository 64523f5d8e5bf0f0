package dev.holdfast.proxy;

import dev.holdfast.config.UpstreamAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Finds out when an upstream that refused connections takes them again: a TCP connect, a few times a second. */
final class UpstreamProbe {
    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(1);

    private final Upstream upstream;
    private final ScheduledExecutorService timer;
    private final int connectTimeoutMillis;
    private final AtomicBoolean running = new AtomicBoolean();

    UpstreamProbe(Upstream upstream, ScheduledExecutorService timer, Duration connectTimeout) {
        this.upstream = upstream;
        this.timer = timer;
        this.connectTimeoutMillis = (int) Math.min(connectTimeout.toMillis(), LONGEST_CONNECT.toMillis());
    }

    void start(Runnable listener) {
        if (running.compareAndSet(false, true)) {
            scheduleNext(listener);
        }
    }

    private void scheduleNext(Runnable listener) {
        try {
            timer.schedule(() -> probe(listener), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopped) {
            running.set(false);
        }
    }

    private void probe(Runnable listener) {
        if (connects(upstream.address())) {
            // Before it is told: whoever is refused right after that starts us anew.
            running.set(false);
            listener.run();
        } else {
            scheduleNext(listener);
        }
    }

    private boolean connects(UpstreamAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.host(), address.port()), connectTimeoutMillis);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }
}
