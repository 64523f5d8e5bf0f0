package dev.holdfast.proxy;

import dev.holdfast.config.ForwardingSettings;
import dev.holdfast.config.ReadySettings;
import dev.holdfast.config.StreamSettings;
import dev.holdfast.config.UpstreamAddress;
import dev.holdfast.config.UpstreamSettings;
import dev.holdfast.thread.OneThread;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.pool.PoolStats;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The site behind: its address, which may change at any time, and the connections to it. Thread-safe. To be closed by its
 * owner when no exchange is running any more; what still runs then is cut.
 */
public final class Upstream implements AutoCloseable {
    /** How long an idle connection is kept; shorter than what application servers usually grant. */
    static final TimeValue KEEP_ALIVE = TimeValue.ofSeconds(15);

    private static final int LOOK_MILLIS = 250;

    /** Where exchanges go that start now. */
    record Destination(UpstreamAddress address, HttpRoute route) {}

    private final ForwardingSettings forwarding;
    private final Timeout responseTimeout;
    private final OneThread timer;
    private final ClientWatch clientWatch;
    private final UpstreamPool pool;
    private final ClientTurns clientTurns = new ClientTurns();
    private final Outstanding exchanges = new Outstanding();
    private final OpenStreams streams = new OpenStreams();
    private final BooleanSupplier streamsAreToEnd;
    private final AtomicBoolean looking = new AtomicBoolean();
    private final Buffers buffers = new Buffers();
    private final Duration tunnelIdleTimeout;
    private volatile Destination destination;

    /**
     * @param site for the names of threads
     * @param streamsAreToEnd asked a few times a second, while there are any; must not block
     */
    public Upstream(
            String site,
            UpstreamSettings settings,
            ForwardingSettings forwarding,
            StreamSettings streamSettings,
            BooleanSupplier streamsAreToEnd) {
        this.forwarding = forwarding;
        this.responseTimeout = Timeout.of(settings.responseTimeout());
        this.timer = new OneThread("holdfast-upstream-" + site);
        this.clientWatch = new ClientWatch(settings.clientTimeout());
        this.pool = new UpstreamPool(site, settings, timer, clientWatch::watched);
        clientWatch.start(timer);
        this.tunnelIdleTimeout = streamSettings.tunnelIdleTimeout();
        this.streamsAreToEnd = streamsAreToEnd;
        setAddress(settings.address());
    }

    void addStream(OpenStream stream) {
        streams.add(stream);
        lookSoon();
    }

    void removeStream(OpenStream stream) {
        streams.remove(stream);
    }

    private void lookSoon() {
        if (looking.compareAndSet(false, true)) {
            timer.schedule(this::lookAfterStreams, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Again and again while there are any. */
    private void lookAfterStreams() {
        try {
            if (streamsAreToEnd.getAsBoolean()) {
                streams.endForHold();
            }
            streams.look();
        } finally {
            // Before the question: T1 finds none, T2 adds one and sees that T1 looks: nobody would look after that one.
            looking.set(false);
            if (!streams.isEmpty()) {
                lookSoon();
            }
        }
    }

    public UpstreamAddress address() {
        return destination.address();
    }

    /** Exchanges that start from now on go there. */
    public void setAddress(UpstreamAddress address) {
        Destination before = destination;
        if (before == null || !before.address().equals(address)) {
            destination = new Destination(address, pool.route(address));
            closeIdle();
        }
    }

    /** @throws IllegalArgumentException if it is no valid HTTP; the message is for the client */
    public static void check(HttpServletRequest clientRequest, String target) {
        RequestCheck.isHttp(clientRequest, target);
    }

    /**
     * Whether somebody has read of the body, or has called {@code getReader()}, so that it cannot be carried whole.
     *
     * @param bytesRead of it so far; 0 where the container does not tell
     */
    public static boolean isBodyTaken(HttpServletRequest clientRequest, long bytesRead) throws IOException {
        return RequestCheck.isBodyTaken(clientRequest, bytesRead);
    }

    /**
     * Carries a request to the upstream, that was {@linkplain #check checked}. To be called by the container's thread, after {@code startAsync()}; what comes of it
     * is told to the listener.
     *
     * @param target the request target as the client sent it, byte for byte
     * @param heldMillis how long it was held; negative if it was not
     * @throws IOException if the container gives no access to the streams
     */
    public void exchange(
            String target,
            long heldMillis,
            AsyncContext context,
            HttpServletRequest clientRequest,
            HttpServletResponse clientResponse,
            ExchangeListener listener)
            throws IOException {
        Destination to = destination;
        HttpRequest head = RequestHead.of(clientRequest, target, heldMillis, to, forwarding);
        UpgradeOffer offer = UpgradeOffer.of(clientRequest, head);
        offer.addTo(head);
        Exchange exchange = new Exchange(this, to, head, offer, context, clientRequest, clientResponse, listener);
        exchanges.began();
        exchange.begin();
    }

    /** Ends the event streams and tunnels that are open, and those that come. Does not wait. */
    public void endStreams() {
        streams.stop();
    }

    /** Waits for the end of all exchanges, the client's side included. Returns whether they have ended. */
    public boolean awaitIdle(Duration longest) {
        return exchanges.awaitNone(longest);
    }

    /** How many connections there are, tunnels not counted. */
    public Connections connections() {
        PoolStats stats = pool.stats();
        return new Connections(stats.getLeased(), stats.getAvailable());
    }

    /**
     * @param inUse or being made
     * @param idle kept for the next request
     */
    public record Connections(int inUse, int idle) {}

    /**
     * Closes the connections that nobody uses: after an upgrade there is nobody at their other end. Does not wait. Does nothing when
     * all is closed, after which the gate may still tell that it is drained.
     */
    public void closeIdle() {
        timer.execute(pool::closeIdle);
    }

    /**
     * Asks the upstream of this moment, again and again, until it is ready.
     *
     * @param delay until it is asked for the first time
     */
    public Readiness awaitReady(ReadySettings settings, Duration delay, ReadinessListener listener) {
        Readiness readiness = new Readiness(pool, destination, timer, settings, listener);
        readiness.begin(delay);
        return readiness;
    }

    @Override
    public void close() {
        timer.close();
        pool.close();
    }

    UpstreamPool pool() {
        return pool;
    }

    ClientTurns clientTurns() {
        return clientTurns;
    }

    ClientWatch clientWatch() {
        return clientWatch;
    }

    /** Null if there is none. */
    String heldHeader() {
        return forwarding.heldHeader().orElse(null);
    }

    Timeout responseTimeout() {
        return responseTimeout;
    }

    Buffers buffers() {
        return buffers;
    }

    Duration tunnelIdleTimeout() {
        return tunnelIdleTimeout;
    }

    void ended() {
        exchanges.ended();
    }
}
