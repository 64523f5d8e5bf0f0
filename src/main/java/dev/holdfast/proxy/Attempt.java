package dev.holdfast.proxy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.nio.AsyncConnectionEndpoint;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.RequestChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.util.Timeout;

/**
 * One try to carry an exchange over one connection.
 *
 * <pre>
 *   connecting ──▶ execute ──▶ request and response over ──▶ connection released
 *        └────────────┴──▶ failed, aborted ──▶ connection discarded
 * </pre>
 *
 * <p>It ends once: whoever sets {@link #over} gives the connection back and tells the exchange.
 */
final class Attempt implements AsyncClientExchangeHandler {
    /** Why the upstream says nothing, when that is not its own fault. */
    enum Excuse {
        CLIENT_SENDS_NOTHING,
        CLIENT_TAKES_NOTHING,
        EVENT_STREAM;

        private final int bit = 1 << ordinal();
    }

    private final Exchange exchange;
    private final Connecting connection;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile UpstreamSession session;
    private volatile boolean requested;
    private volatile boolean heldBack;
    private volatile boolean clean = true;
    private boolean requestOver; // guarded by this
    private boolean responseOver; // guarded by this
    private int excuses; // guarded by this
    private boolean mayBeSilent; // guarded by this

    /** @param fresh not to use a connection that was used before */
    Attempt(Exchange exchange, UpstreamPool pool, boolean fresh) {
        this.exchange = exchange;
        this.connection = new Connecting(this, pool, fresh);
        this.requestOver = !exchange.hasRequestBody();
    }

    void start(HttpRoute route) {
        connection.start(route);
    }

    /** There is a connection. */
    void connected(AsyncConnectionEndpoint endpoint) {
        endpoint.setSocketTimeout(exchange.responseTimeout());
        endpoint.execute("", this, HttpCoreContext.create());
    }

    /** No connection could be leased in time. */
    void noneIsFree() {
        if (over.compareAndSet(false, true)) {
            exchange.failed(Failure.BUSY, "all connections to the upstream are in use");
        }
    }

    boolean isOver() {
        return over.get();
    }

    /** The reactor took the exchange up on this connection. */
    void bound(UpstreamSession session) {
        this.session = session;
    }

    @Override
    public void produceRequest(RequestChannel channel, HttpContext context) throws HttpException, IOException {
        requested = true;
        channel.sendRequest(exchange.requestHead(), exchange.requestEntity(), context);
    }

    /** The first byte is about to be written. In the turn, or under HttpCore's session lock. */
    void begins() throws IOException {
        if (!exchange.mayBegin()) {
            heldBack = true;
            throw new IOException("held back");
        }
    }

    @Override
    public int available() {
        return exchange.requestBody().available();
    }

    @Override
    public void produce(DataStreamChannel channel) throws IOException {
        exchange.requestBody().produce(this, channel);
    }

    @Override
    public void consumeInformation(HttpResponse response, HttpContext context) throws ProtocolException {
        if (response.getCode() == HttpStatus.SC_SWITCHING_PROTOCOLS) { // what follows is not HTTP any more
            if (!session.isSwitched()) {
                throw new ProtocolException("101 without having been asked for it");
            }
            exchange.switched(this, response);
        } else if (response.getCode() != HttpStatus.SC_CONTINUE) { // the container has asked for the body long ago
            exchange.responseIsComing(response);
        }
    }

    boolean offersUpgrade() {
        return exchange.offersUpgrade();
    }

    /** The connection is a tunnel's from now on. */
    void handOver() {
        over.set(true);
    }

    /** What was handed over is used no more. */
    void giveBack() {
        connection.discard();
    }

    @Override
    public void consumeResponse(HttpResponse response, EntityDetails entity, HttpContext context)
            throws HttpException, IOException {
        if (session.sawEnd()) {
            throw new ProtocolException("the response head was cut");
        }
        exchange.responseBegan(this, response, entity);
        if (entity == null) {
            responseOver();
        }
    }

    @Override
    public void updateCapacity(CapacityChannel capacity) {
        exchange.responseBody().updateCapacity(capacity);
    }

    @Override
    public void consume(ByteBuffer source) {
        exchange.responseBody().write(source);
    }

    @Override
    public void streamEnd(List<? extends Header> trailers) {
        if (trailers != null) {
            exchange.trailersCame(trailers);
        }
        responseOver();
    }

    void endOfBurst() {
        if (!over.get()) {
            exchange.responseBody().endOfBurst();
        }
    }

    private void responseOver() {
        clean = !session.hasSurplus();
        boolean last;
        synchronized (this) {
            responseOver = true;
            last = requestOver;
        }
        exchange.responseBody().allCame();
        if (last) {
            release();
        }
        exchange.responseEnded();
    }

    /** All of the request's body has been handed to the connection. */
    void requestEnded() {
        boolean last;
        synchronized (this) {
            requestOver = true;
            limitSilence();
            last = responseOver;
        }
        if (last) {
            release();
        }
    }

    synchronized boolean isRequestOver() {
        return requestOver;
    }

    private void release() {
        if (over.compareAndSet(false, true)) {
            if (clean) {
                connection.release(exchange.keepAlive());
            } else { // what came after the response would be taken for the beginning of the next one
                connection.discard();
            }
            exchange.upstreamDone();
        }
    }

    /** The connection is of no use any more; after a whole response that is an end like any other. */
    @Override
    public void failed(Exception cause) {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        connection.discard();
        if (isResponseOver()) {
            exchange.requestBody().stop();
            exchange.upstreamDone();
        } else {
            exchange.attemptFailed(this, cause);
        }
    }

    private synchronized boolean isResponseOver() {
        return responseOver;
    }

    /** Always the last callback; the only one after the engine stopped the upload because of an early answer. */
    @Override
    public void releaseResources() {
        if (!over.get()) { // as a rule it is, and an exception is dear
            failed(new IOException("the exchange was ended"));
        }
    }

    @Override
    public void cancel() {
        failed(new IOException("the exchange was cancelled"));
    }

    /** The client left: the connection is cut, so that the upstream sees it too. Returns false when all was over. */
    boolean abort() {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        connection.abort();
        return true;
    }

    void lookAtClient() {
        if (!over.get()) {
            exchange.lookAtClient();
        }
    }

    /** Whether it failed without a connection. */
    boolean wasConnecting() {
        return connection.isNew() && session == null;
    }

    /** Whether it was not to begin, so that the upstream has certainly seen nothing. */
    boolean wasHeldBack() {
        return heldBack;
    }

    /** Whether the upstream has certainly seen nothing. */
    boolean sentNothing() {
        return !requested || session.isUntouched();
    }

    /** Whether it used a connection that the upstream may have closed in the same moment, and got no byte back. */
    boolean metDeadConnection() {
        return connection.isReused() && (session == null || !session.hasReceived());
    }

    /** The upstream's time limit runs while there is no excuse for its silence. Any thread. */
    synchronized void excuse(Excuse excuse, boolean holds) {
        excuses = holds ? excuses | excuse.bit : excuses & ~excuse.bit;
        limitSilence();
    }

    /** An event stream may be silent when the request is over: before that nobody sees whether the client has left. */
    private void limitSilence() {
        boolean silence = (requestOver ? excuses : excuses & ~Excuse.EVENT_STREAM.bit) != 0;
        AsyncConnectionEndpoint leased = connection.endpoint();
        if (mayBeSilent == silence || leased == null || over.get()) {
            return;
        }
        mayBeSilent = silence;
        try {
            leased.setSocketTimeout(silence ? Timeout.DISABLED : exchange.responseTimeout());
        } catch (RuntimeException expected) {
            // Closed in this moment; the reactor tells.
        }
    }

    UpstreamSession session() {
        return session;
    }
}
