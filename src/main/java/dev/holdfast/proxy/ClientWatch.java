package dev.holdfast.proxy;

import dev.holdfast.config.Printable;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.hc.core5.reactor.IOSession;

/**
 * Finds the clients that the container does not tell about: those that take nothing, or send nothing, for too long (over
 * HTTP/2 Tomcat has no time limit for a window that is not granted), and those that left while the upstream is silent (over
 * HTTP/1.1 nobody reads the connection then).
 *
 * <p>It looks about once a second, at exchanges that have waited for their clients and at connections to the upstream that
 * have the same exchange as the last time; so it costs an exchange that is over sooner nothing. Thread-safe.
 */
final class ClientWatch implements Runnable {
    private static final Logger LOG = Logger.getLogger(ClientWatch.class.getName());
    private static final long LONGEST_INTERVAL_MILLIS = 1000;

    private final long timeoutNanos;
    private final Set<ClientWait> waits = ConcurrentHashMap.newKeySet();
    private final Set<UpstreamSession> sessions = ConcurrentHashMap.newKeySet();

    ClientWatch(Duration timeout) {
        timeoutNanos = timeout.toNanos();
    }

    /** How long a client may send nothing, or take nothing. */
    long timeoutNanos() {
        return timeoutNanos;
    }

    void start(ScheduledExecutorService timer) {
        long quarter = TimeUnit.NANOSECONDS.toMillis(timeoutNanos) / 4;
        long interval = Math.max(1, Math.min(quarter, LONGEST_INTERVAL_MILLIS));
        timer.scheduleWithFixedDelay(this, interval, interval, TimeUnit.MILLISECONDS);
    }

    /** Until its exchange is over. */
    void add(ClientWait wait) {
        waits.add(wait);
    }

    void remove(ClientWait wait) {
        waits.remove(wait);
    }

    /** A new connection to the upstream; to be used instead of the given one, and watched until it is closed. */
    UpstreamSession watched(IOSession connection) {
        UpstreamSession session = new UpstreamSession(connection);
        sessions.add(session);
        return session;
    }

    @Override
    public void run() {
        try {
            waits.forEach(this::look);
            sessions.forEach(this::look);
        } catch (RuntimeException e) { // else it would never be run again
            LOG.log(Level.SEVERE, "the clients could not be looked at", Printable.escaped(e));
        }
    }

    private void look(ClientWait wait) {
        if (wait.exchange().isOver()) {
            waits.remove(wait);
        } else if (wait.isTooLong()) {
            wait.exchange().clientIsTooSlow(wait);
        } else {
            wait.exchange().lookForUpload(wait);
        }
    }

    private void look(UpstreamSession session) {
        if (session.isOpen()) {
            session.lookAtClient();
        } else {
            sessions.remove(session);
        }
    }
}
