package dev.holdfast.proxy;

import dev.holdfast.config.Printable;
import dev.holdfast.config.UpstreamAddress;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * One request on its way to the upstream and the answer on its way back.
 *
 * <pre>
 *   started ──▶ response begun ──▶ completed
 *      │               └──▶ cut
 *      ├──▶ failed                    each of these, and the
 *      ├──▶ switched: a tunnel        client's departure, is an end
 *      ├──▶ refused
 *      └──▶ tried again
 * </pre>
 *
 * <p>Thread-safe: container threads and one reactor thread at a time work on it.
 */
public final class Exchange implements OpenStream {
    private static final Logger LOG = Logger.getLogger(Exchange.class.getName());
    private static final int MOST_ATTEMPTS = 3;
    private static final long LONGEST_LINGERING_NANOS = TimeUnit.SECONDS.toNanos(5); // as nginx: lingering_timeout

    /** RFC 9110, section 9.2.2. */
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    private enum State {
        STARTED,
        RESPONSE_BEGUN,
        SWITCHED,
        OVER
    }

    private final Upstream upstream;
    private final UpstreamAddress address;
    private final HttpRoute route;
    private final AsyncContext context;
    private final HttpServletRequest clientRequest;
    private final HttpServletResponse clientResponse;
    private final ExchangeListener listener;
    private final HttpRequest requestHead;
    private final ClientTurn turn; // null over HTTP/1.1
    private final UpgradeOffer offer;
    private final HandBack handBack;
    private final RequestBody requestBody;
    private final ResponseBody responseBody;
    private final AtomicReference<State> state = new AtomicReference<>(State.STARTED);
    private volatile Attempt attempt;
    private ExchangeListener.ClientLook clientLook; // of the watch
    private volatile TimeValue keepAlive;
    private volatile List<? extends Header> trailers = List.of();
    private volatile Tunnel tunnel;
    private volatile boolean uploadUnwanted; // over HTTP/2, until the container knows it
    private int attempts;

    /** Sets the WriteListener, so it is to be made on the container's thread, after {@code startAsync()}. */
    Exchange(
            Upstream upstream,
            Upstream.Destination destination,
            HttpRequest requestHead,
            UpgradeOffer offer,
            AsyncContext context,
            HttpServletRequest clientRequest,
            HttpServletResponse clientResponse,
            ExchangeListener listener)
            throws IOException {
        this.upstream = upstream;
        this.address = destination.address();
        this.route = destination.route();
        this.requestHead = requestHead;
        this.offer = offer;
        this.context = context;
        this.clientRequest = clientRequest;
        this.clientResponse = clientResponse;
        this.listener = listener;
        boolean http1 = clientRequest.getProtocol().startsWith("HTTP/1");
        this.turn = http1 ? null : new ClientTurn(upstream.clientTurns(), context, this);
        this.handBack = new HandBack(context, turn, listener);
        ServletOutputStream out = clientResponse.getOutputStream();
        this.responseBody = http1
                ? new Http1ResponseBody(this, out, handBack)
                : new Http2ResponseBody(
                        this, out, turn, handBack, clientRequest.getMethod().equals("HEAD"));
        boolean hasBody = RequestHead.announcesBody(requestHead);
        this.requestBody = new RequestBody(this, context, turn, handBack, clientRequest, hasBody);
        this.keepAlive = Upstream.KEEP_ALIVE;
        context.addListener(new Departure());
        responseBody.listen();
    }

    /** Starts, unless the client has left already: there may seem to be no body then. */
    void begin() {
        if (isReset()) {
            clientLeft(new IOException("the client has reset the stream"));
        } else {
            start();
        }
    }

    /** Starts, or starts once more. */
    private void start() {
        attempts++;
        Attempt next = new Attempt(this, upstream.pool(), attempts == MOST_ATTEMPTS);
        attempt = next;
        next.start(route);
        if (state.get() == State.OVER && next.abort()) { // the client left between two attempts
            listener.upstreamDone();
        }
    }

    // --- Asked by the attempt ---

    /** Whether the request may still go to the upstream. */
    boolean mayBegin() {
        return listener.mayBegin();
    }

    HttpRequest requestHead() {
        return requestHead;
    }

    EntityDetails requestEntity() {
        return requestBody.entity();
    }

    boolean offersUpgrade() {
        return !offer.isNone();
    }

    boolean hasRequestBody() {
        return requestBody.entity() != null;
    }

    RequestBody requestBody() {
        return requestBody;
    }

    ResponseBody responseBody() {
        return responseBody;
    }

    String heldHeader() {
        return upstream.heldHeader();
    }

    Timeout responseTimeout() {
        return upstream.responseTimeout();
    }

    TimeValue keepAlive() {
        return keepAlive;
    }

    // --- Told by the attempt, on a reactor thread ---

    void responseBegan(Attempt teller, HttpResponse response, EntityDetails body) throws ProtocolException {
        ResponseHead.check(response);
        if (!state.compareAndSet(State.STARTED, State.RESPONSE_BEGUN)) {
            return;
        }
        keepAlive = ResponseHead.keepAlive(response, Upstream.KEEP_ALIVE);
        boolean stopsUpload = !teller.isRequestOver() && response.getCode() >= 300;
        if (stopsUpload) {
            requestBody.stop();
            uploadUnwanted = turn != null;
            teller.excuse(Attempt.Excuse.CLIENT_SENDS_NOTHING, false);
        }
        boolean stream = body != null && ResponseHead.isEventStream(response);
        responseBody.begin(teller, body == null ? 0 : body.getContentLength(), stream);
        if (responseBody.isLarge()) {
            clientResponse.setBufferSize(UpstreamPool.PIECE);
        }
        boolean trailersMayCome = body != null && ResponseTrailers.mayCome(response, clientRequest);
        ResponseHead.copy(response, clientResponse, trailersMayCome);
        if (trailersMayCome) {
            clientResponse.setTrailerFields(() -> ResponseTrailers.of(trailers));
        }
        if (stopsUpload && turn == null) { // RFC 9113, section 8.2.2
            // Nobody will read the rest of the request.
            clientResponse.setHeader("Connection", "close");
        }
        listener.answered(response.getCode(), stream);
        if (stream) {
            open(this);
        }
    }

    /**
     * 103 Early Hints, for instance (RFC 8297). Over HTTP/1.1 it ends here: what Tomcat has for it, {@code sendError(103)}, does not
     * flush, and would come together with the response.
     */
    void responseIsComing(HttpResponse interim) throws ProtocolException {
        ResponseHead.checkFields(interim);
        responseBody.precede(interim);
    }

    void switched(Attempt teller, HttpResponse response) throws ProtocolException {
        ResponseHead.checkFields(response);
        if (!offer.isTakenBy(response)) {
            throw new ProtocolException("the upstream switches to a protocol that it was not offered");
        }
        Tunnel next = new Tunnel(this, teller, response, upstream);
        tunnel = next;
        if (!state.compareAndSet(State.STARTED, State.SWITCHED)) {
            return; // the client left, and the connection is cut
        }
        upstream.pool().addRoom(route, 1);
        teller.handOver();
        next.start();
        open(next);
        listener.answered(response.getCode(), true);
        handBack.whenOpen(() -> listener.switched(next));
    }

    void tunnelEnded(Tunnel ended) {
        upstream.pool().addRoom(route, -1);
        state.set(State.OVER);
        upstream.removeStream(ended);
        upstream.ended();
        listener.upstreamDone();
    }

    /** T1 (here) adds the stream, T2 (the client left) has removed it before: so T1 looks once more. */
    private void open(OpenStream stream) {
        upstream.addStream(stream);
        if (state.get() == State.OVER) {
            upstream.removeStream(stream);
        }
    }

    /** Before the response's end. */
    void trailersCame(List<? extends Header> fields) {
        trailers = fields;
    }

    void responseEnded() {
        responseBody.end();
    }

    void upstreamDone() {
        listener.upstreamDone();
        responseBody.resumeCompletion();
    }

    void attemptFailed(Attempt failed, Exception cause) {
        if (end(State.RESPONSE_BEGUN)) {
            requestBody.stop();
            responseBody.stop();
            listener.upstreamDone();
            handBack.whenOpen(() -> listener.cut(address + " broke off its answer: " + cause));
        } else if (failed.wasHeldBack()) {
            heldBack();
        } else if (failed.wasConnecting()) {
            notConnected(cause);
        } else if (mayTryAgain(failed, cause)) {
            if (LOG.isLoggable(Level.FINE)) {
                LOG.log(Level.FINE, Printable.escaped(cause), () -> address + ": trying again");
            }
            start();
        } else {
            failed(Failure.ofExchange(cause), cause.toString());
        }
    }

    /** Only what certainly ran nowhere, or may run twice. RFC 9110, section 9.2.2. */
    private boolean mayTryAgain(Attempt failed, Exception cause) {
        if (attempts >= MOST_ATTEMPTS || state.get() != State.STARTED) {
            return false;
        }
        boolean dead =
                failed.metDeadConnection() && !(cause instanceof SocketTimeoutException); // that one is only slow
        boolean harmless = failed.sentNothing() || dead && IDEMPOTENT.contains(requestHead.getMethod());
        return harmless && requestBody.rewind();
    }

    private void notConnected(Exception cause) {
        boolean refused = cause instanceof ConnectException;
        if (!refused || !giveBack(() -> listener.refused(address + " refuses connections"))) {
            failed(Failure.UNREACHABLE, cause.toString());
        }
    }

    private void heldBack() {
        if (!giveBack(listener::heldBack)) {
            failed(Failure.BUSY, "the request may not go there now");
        }
    }

    /** To be held again. Returns false, and does nothing, when it is too late for that. */
    private boolean giveBack(Runnable told) {
        if (requestBody.isAskedFor() || !end(State.STARTED)) {
            return false;
        }
        giveBackUnanswered(() -> {
            requestBody.keep();
            told.run();
        });
        return true;
    }

    /**
     * Where the stream is reset, the container is about to say so, and gets the request back then. Tomcat closes the connection, with all the
     * client's other streams, when a dispatch comes in between:
     *
     * <pre>
     *   T1 (the container) has heard of the reset, and sees that somebody listens
     *   T2 (here) dispatches, and nobody does any more
     *   T1 notes that it calls a listener, which is not allowed any more
     * </pre>
     */
    private void giveBackUnanswered(Runnable told) {
        handBack.whenOpen(() -> {
            if (isReset()) {
                listener.clientLeft();
                listener.upstreamDone();
            } else {
                told.run();
            }
        });
    }

    /** Ends the exchange, if the client has not left already. */
    void failed(Failure failure, String detail) {
        boolean answered = end(State.STARTED);
        requestBody.stop();
        responseBody.stop();
        listener.upstreamDone();
        if (answered) {
            giveBackUnanswered(() -> listener.failed(failure, address + ": " + detail));
        }
    }

    // --- Told by the watch over the clients ---

    boolean isOver() {
        return state.get() == State.OVER;
    }

    void clientIsTooSlow(ClientWait wait) {
        if (responseBody.isLingering(wait)) {
            responseDelivered();
            return;
        }
        boolean sends = requestBody.isWaiting(wait);
        if (sends || responseBody.isWaiting(wait)) {
            clientGone(true, sends ? "the client sends nothing" : "the client takes nothing");
        }
    }

    /** Over HTTP/2 Tomcat does not tell a listener of the end of a body when the end comes with trailers. */
    void lookForUpload(ClientWait wait) {
        if (turn != null && requestBody.isWaiting(wait)) {
            turn.ask();
        }
    }

    /** Whatever an HTTP/1.1 client has to say, it says to Tomcat; but a closed connection Tomcat sees only when it writes. */
    void lookAtClient() {
        if (turn != null || isUploadUnread()) {
            return;
        }
        if (clientLook == null) {
            ExchangeListener.ClientLook made = listener.clientLook();
            if (isOver()) { // and the container may have had the request in use for another meanwhile
                return;
            }
            clientLook = made;
        }
        if (clientLook.hasLeft(requestBody.isOver(), responseBody.isStream())) {
            clientGone(false, "the client closed its connection");
        }
    }

    private void clientGone(boolean tooSlow, String detail) {
        if (leave(new IOException(detail))) {
            handBack.whenOpen(() -> listener.clientGone(tooSlow, detail));
        }
    }

    // --- Told by the bodies ---

    /** Over HTTP/2, of a request whose body seems to have come to its end: whether it was cut instead. */
    boolean isReset() {
        return turn != null && listener.isReset();
    }

    ClientWait newWait() {
        ClientWatch watch = upstream.clientWatch();
        return new ClientWait(watch, this, watch.timeoutNanos());
    }

    ClientWait newLingering() {
        return new ClientWait(upstream.clientWatch(), this, LONGEST_LINGERING_NANOS);
    }

    /** In the turn, when something is about to be written. */
    void responseLeaves() {
        if (uploadUnwanted && state.get() == State.RESPONSE_BEGUN) {
            uploadUnwanted = false;
            listener.uploadUnwanted();
        }
    }

    /** In the turn. */
    void discardUpload() {
        requestBody.discard();
    }

    void uploadDiscarded() {
        responseDelivered();
    }

    /** Whether the answer came before the upload had come to its end, and stopped it. */
    boolean isUploadUnread() {
        return hasRequestBody() && !requestBody.isOver();
    }

    /** Reading from the client or writing to it failed: nobody is there any more. Any thread. */
    void clientLeft(Throwable cause) {
        leave(cause);
    }

    /**
     * The container lets nobody read from the client, and may not tell that it has ended the request. If it has not, the client is
     * there, and must not take what it has got for a whole answer: a completed one that had not begun was 200 and empty.
     */
    void clientUnreadable(Exception cause) {
        clientUnreachable(cause, () -> listener.clientGone(false, cause.toString()));
    }

    /**
     * The same of writing: for instance, it has no room for the head.
     *
     * @param cause an {@link IOException} when it is the client who left: the container tells that it is over
     */
    void clientUnwritable(Exception cause) {
        if (cause instanceof IOException) {
            clientLeft(cause);
        } else {
            clientUnreachable(
                    cause, () -> listener.unwritable("the answer of " + address + " cannot be written: " + cause));
        }
    }

    private void clientUnreachable(Exception cause, Runnable told) {
        if (leave(cause)) {
            handBack.whenOpen(told);
        } else {
            handBack.completeAfterError();
        }
    }

    private boolean leave(Throwable cause) {
        State before = state.getAndSet(State.OVER);
        if (before == State.SWITCHED) {
            tunnel.abort();
        }
        if (before == State.OVER || before == State.SWITCHED) {
            return false;
        }
        forget();
        if (LOG.isLoggable(Level.FINE)) {
            LOG.log(Level.FINE, Printable.escaped(cause), () -> "the client left");
        }
        listener.clientLeft();
        requestBody.stop();
        responseBody.stop();
        Attempt current = attempt;
        if (current == null || current.abort()) {
            listener.upstreamDone();
        }
        return true;
    }

    private void forget() {
        requestBody.forgetWait();
        responseBody.forgetWait();
        upstream.removeStream(this);
        upstream.ended();
    }

    /** The container tells that the client left, and ends the request when its thread returns from here. */
    void clientFailed(Throwable cause) {
        clientLeft(cause);
        if (turn != null) {
            turn.close();
        }
        requestBody.letGo();
        responseBody.stop();
        handBack.containerEnds();
        UnreadBody.discard(clientRequest); // now that no listener, which Tomcat would have to tell first, is in the way
        nobodyListens();
    }

    /** HTTP/2: the container's thread is there to read and to write. */
    void serveClient() {
        requestBody.takeTurn();
        responseBody.takeTurn();
    }

    /** HTTP/2: that thread will not come. */
    void turnIsLost() {
        clientLeft(new IllegalStateException("the container has ended the request"));
        nobodyListens();
        handBack.completeAfterError();
    }

    /** Nor will the container call any more. */
    private void nobodyListens() {
        handBack.open();
        handBack.proceed();
    }

    /** Over HTTP/2, before anything else of the response. */
    void headSent() {
        listener.headSent();
    }

    /** Over HTTP/2, in the turn, before the head. */
    void sendInterim(HttpResponse interim) throws IOException {
        interim.removeHeaders("Content-Length"); // there is no body: RFC 9110, section 8.6
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        ResponseHead.copyFields(interim, false, (name, value) -> fields.add(Map.entry(name, value)));
        listener.interim(interim.getCode(), fields);
    }

    /**
     * Over HTTP/2, in the turn, before the head of a response without a body. Not during an upload: Tomcat grants it no window any more
     * once the answer has come to its end ({@code Http2UpgradeHandler.writeWindowUpdate}), and it would stand still.
     */
    void headIsAll() throws IOException {
        Supplier<Map<String, String>> trailersToCome = clientResponse.getTrailerFields();
        if (!isUploadUnread() && (trailersToCome == null || trailersToCome.get() == null)) {
            clientResponse.setTrailerFields(null);
            listener.headIsAll();
        }
    }

    /** All of the response is with the container. */
    void responseDelivered() {
        if (end(State.RESPONSE_BEGUN)) {
            handBack.complete();
        }
    }

    /**
     * How the container tells that it is about to end the request, because reading or writing failed. The listeners of the
     * streams it may have forgotten by then. It must not come before everybody else has let go of the request:
     *
     * <pre>
     *   T1 (the reactor)                              T2 (the container)
     *   writes, fails; Tomcat tells T2, and goes on
     *                                                 ends the request, gives its objects to the next client's
     *   notes the failure at that client's response
     * </pre>
     */
    private final class Departure implements AsyncListener {
        @Override
        public void onError(AsyncEvent event) {
            clientFailed(event.getThrowable());
        }

        @Override
        public void onComplete(AsyncEvent event) {
            // By us, or after onError.
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // There is no time limit.
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // It has been dispatched: over for us.
        }
    }

    private boolean end(State from) {
        boolean first = state.compareAndSet(from, State.OVER);
        if (first) {
            forget();
        }
        return first;
    }

    // --- Told of an event stream by the operator ---

    /** Ends properly, so that an EventSource connects anew; not where a length was announced, which would then be wrong. */
    @Override
    public void endForRestart() {
        if (responseBody.hasOpenEnd()) {
            requestBody.stop();
            if (attempt.abort()) {
                upstreamDone();
            }
            responseBody.end();
        }
    }

    @Override
    public boolean waitsAtTheGate() {
        return listener.waitsAtTheGate();
    }

    @Override
    public void look(long nowNanos) {
        // There is nothing to be done at a certain time.
    }
}
