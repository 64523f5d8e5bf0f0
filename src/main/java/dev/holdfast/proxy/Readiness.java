package dev.holdfast.proxy;

import static dev.holdfast.config.Durations.inSeconds;

import dev.holdfast.config.ReadySettings;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Asks one upstream, again and again, whether it is ready, until it is or somebody {@linkplain #stop stops} it. All is done and
 * told on the upstream's timer thread.
 */
public final class Readiness {
    private static final Duration CONNECT_INTERVAL = Duration.ofMillis(100);

    private final UpstreamPool pool;
    private final Upstream.Destination destination;
    private final ScheduledExecutorService timer;
    private final ReadySettings settings;
    private final ReadinessListener listener;
    private final long beganNanos = System.nanoTime();
    private volatile boolean over;

    // Confined to the timer thread, all below.
    private int tries;
    private int inARow;
    private String lastSeen = "";
    private long lastSeenSinceNanos;

    Readiness(
            UpstreamPool pool,
            Upstream.Destination destination,
            ScheduledExecutorService timer,
            ReadySettings settings,
            ReadinessListener listener) {
        this.pool = pool;
        this.destination = destination;
        this.timer = timer;
        this.settings = settings;
        this.listener = listener;
    }

    /** @param delay until it is asked for the first time */
    void begin(Duration delay) {
        timer.schedule(this::ask, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** From now on nothing is told. Any thread; a second call does nothing. */
    public void stop() {
        over = true;
    }

    private void ask() {
        if (!over) {
            new ReadinessProbe(pool, destination, timer, settings, (up, seen) -> timer.execute(() -> judge(up, seen)))
                    .start();
        }
    }

    private void judge(boolean up, String seen) {
        if (over) {
            return;
        }
        long now = System.nanoTime();
        tries++;
        inARow = up ? inARow + 1 : 0;
        if (!seen.equals(lastSeen)) {
            lastSeen = seen;
            lastSeenSinceNanos = now;
        }
        if (inARow >= settings.successes()) {
            over = true;
            listener.ready(seen + " after " + inSeconds(Duration.ofNanos(now - beganNanos)) + ", " + tried());
        } else {
            begin(settings.path().isPresent() ? settings.interval() : CONNECT_INTERVAL);
            listener.notReady(seen + " for " + inSeconds(Duration.ofNanos(now - lastSeenSinceNanos)) + ", " + tried());
        }
    }

    private String tried() {
        return tries == 1 ? "tried once" : "tried " + tries + " times";
    }
}
