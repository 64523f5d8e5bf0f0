package dev.holdfast.proxy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.nio.command.RequestExecutionCommand;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.Command;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ssl.SSLIOSession;

/**
 * A connection to the upstream as HttpCore sees it, with what HttpCore does not do:
 *
 * <ul>
 *   <li>While {@linkplain #pause paused}, reads give nothing. HttpCore 5.4 goes on reading a chunked response without
 *       regard to the capacity that it was granted.
 *   <li>It remembers that the upstream closed, and lets HttpCore know only when all before that has been dealt with. HttpCore 5.4
 *       takes a response head that was cut for a complete one, and a body for cut where it came in one piece with the end.
 *   <li>It counts the bytes of the exchange, on which a second try depends, and asks before the first one whether it may begin.
 *   <li>It notices what the upstream sends after a response. HttpCore 5.4 keeps the beginning of a response for which nobody
 *       asked, and goes on with it when the next exchange has begun.
 *   <li>With TLS it takes a connection that ends without close_notify for cut.
 *   <li>It tells the exchange when all that had come from the upstream has been dealt with, which is the time to flush.
 *   <li>It lets a request for an idle connection go out in the thread that brings it, and wakes the reactor thread for news only.
 *       HttpCore 5.4 wakes it for each request, and several times.
 *   <li>Where another protocol was offered, it keeps what follows a 101 head for the {@link Tunnel}. HttpCore 5.4 reads on, and
 *       takes it for HTTP.
 * </ul>
 *
 * <p>All but {@link #pause} and {@link #resume} are called in the {@linkplain EngineTurn turn}, or under HttpCore's session lock.
 */
final class UpstreamSession extends DelegatingSession {
    private final boolean secure;
    private SSLEngine engine;
    private IOEventHandler handler;
    private final EngineTurn turn;
    private UpstreamEvents events;
    private volatile Attempt attempt;
    private Attempt looked; // of the watch
    private volatile boolean paused;
    private volatile boolean sawEnd;
    private volatile boolean answered;
    private volatile boolean surplus;
    private volatile long bytesSent;
    private volatile long bytesReceived;
    private boolean receivedNow; // since HttpCore was told that there is something; reactor thread
    private SwitchScanner scanner; // null where nothing was offered
    private byte[] behindSwitch; // null until a 101 head has come
    private boolean switching;

    UpstreamSession(IOSession session) {
        super(session);
        this.secure = session instanceof SSLIOSession;
        this.turn = new EngineTurn(session);
    }

    boolean isSecure() {
        return secure;
    }

    /** With TLS, before the handshake. */
    void secureWith(SSLEngine itsEngine) {
        engine = itsEngine;
    }

    /** Reads give nothing from now on. Called when HttpCore has been told not to wait for input. */
    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
    }

    /** Whether HttpCore knows that the upstream has closed its side: a response head that comes after that is cut. */
    boolean sawEnd() {
        return sawEnd;
    }

    /** Whether the upstream has switched to another protocol, if it was offered one. */
    boolean isSwitched() {
        return behindSwitch != null;
    }

    /** What came after the 101 head and together with it; the connection has no exchange any more. */
    byte[] takeSurplus() {
        attempt = null;
        return behindSwitch;
    }

    /** Says that no more will come; the upstream may still go on for a while. */
    void endOutput() throws IOException {
        if (secure || !(session.channel() instanceof SocketChannel socket)) {
            session.close(CloseMode.GRACEFUL); // with TLS that waits a second for the upstream's own end
        } else {
            socket.shutdownOutput();
        }
    }

    /** Whether a byte of this exchange, either way, has been on the wire. */
    boolean isUntouched() {
        return bytesSent == 0 && bytesReceived == 0;
    }

    boolean hasReceived() {
        return bytesReceived != 0;
    }

    /** The response has come to its end. Returns whether more has come than that. Reactor thread. */
    boolean hasSurplus() {
        answered = true;
        surplus = EngineInput.isLeft(session);
        return surplus;
    }

    private void received(int bytes) {
        bytesReceived += bytes;
        receivedNow = true;
        if (answered) {
            surplus = true;
        }
    }

    /** Looks whether the client has left, of an exchange that has run here since the last look at least. */
    void lookAtClient() {
        Attempt current = attempt;
        if (current != null && current == looked) {
            current.lookAtClient();
        }
        looked = current;
    }

    /**
     * Takes the next command; an exchange that is to be run is bound to this connection from now on, unless the upstream has
     * closed it. T1 (the reactor) still serves the last exchange, T2 leases the connection for a POST, the upstream closes:
     * T1 then takes up the POST before it looks at the socket again, and nobody could tell what became of it. So T1 looks.
     */
    @Override
    public Command poll() {
        Command command = turn.poll();
        if (command == null) {
            command = session.poll();
        }
        if (command instanceof RequestExecutionCommand execution
                && execution.getExchangeHandler() instanceof Attempt next) {
            if (attempt != null && (surplus || !isQuiet())) {
                command.cancel();
                session.close(CloseMode.IMMEDIATE);
                return null;
            }
            paused = false;
            answered = false;
            bytesSent = 0;
            bytesReceived = 0;
            attempt = next;
            scanner = next.offersUpgrade() ? new SwitchScanner() : null;
            next.bound(this);
        }
        return command;
    }

    /** A request for a connection that has been used before goes out at once, in this thread. */
    @Override
    public void enqueue(Command command, Command.Priority priority) {
        boolean mayRunHere = !secure && attempt != null && command instanceof RequestExecutionCommand;
        if (!mayRunHere || !events.run(command)) {
            session.enqueue(command, priority);
        }
    }

    @Override
    public void setEvent(int event) {
        if (secure || turn.isNews(event)) {
            session.setEvent(event);
        }
    }

    @Override
    public void clearEvent(int event) {
        if (secure || turn.endsNews(event)) {
            session.clearEvent(event);
        }
    }

    /** Between two exchanges the upstream has nothing to say; not an end either. */
    private boolean isQuiet() {
        try {
            return session.channel().read(ByteBuffer.allocate(1)) == 0; // below TLS, which does not look by itself
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public int read(ByteBuffer destination) throws IOException {
        if (paused || switching) {
            return 0;
        }
        int from = destination.position();
        int read = session.read(destination);
        if (read > 0) {
            received(read);
            if (scanner != null) {
                int end = endOfSwitch(destination, from, destination.position());
                destination.position(end);
                return end - from;
            }
        } else if (read < 0 && receivedNow) {
            return 0; // HttpCore is told again at once, and then has dealt with what came
        } else if (read < 0) {
            sawEnd = true;
            checkClosure();
        }
        return read;
    }

    /**
     * RFC 9112, section 9.8: the end of a connection ends no response unless TLS says that it is the end. HttpCore 5.4 takes
     * a response for complete that ends with the connection, although the upstream's process may just have died.
     */
    private void checkClosure() throws IOException {
        if (secure && !engine.isInboundDone()) {
            throw new SSLException("the connection ended without the end of TLS (close_notify)");
        }
    }

    /** Keeps what is behind it, if it is there. */
    private int endOfSwitch(ByteBuffer bytes, int from, int to) {
        int end = scanner.end(bytes, from, to);
        if (scanner.hasFound()) {
            behindSwitch = new byte[to - end];
            bytes.get(end, behindSwitch);
            scanner = null;
            switching = true; // until HttpCore has dealt with the head
        }
        return end;
    }

    /**
     * The process may be paused at any instruction, so whether the exchange may begin is asked here, and not where its head is made: HttpCore
     * keeps a head with a body for the next event, which is as late as the reactor thread is busy.
     */
    @Override
    public int write(ByteBuffer source) throws IOException {
        Attempt current = attempt;
        if (bytesSent == 0 && current != null) {
            current.begins();
        }
        int written = session.write(source);
        if (written > 0) {
            bytesSent += written;
        }
        return written;
    }

    @Override
    public IOEventHandler getHandler() {
        IOEventHandler current = session.getHandler();
        if (current != handler) {
            handler = current;
            events = current == null ? null : new UpstreamEvents(this, current, turn);
        }
        return events;
    }

    /** HttpCore is about to be told that something came, or with TLS what. */
    void inputComes(ByteBuffer decrypted) {
        receivedNow = false;
        if (decrypted != null) {
            received(decrypted.remaining());
            if (scanner != null) {
                decrypted.limit(endOfSwitch(decrypted, decrypted.position(), decrypted.limit()));
            }
        }
    }

    /** HttpCore has dealt with all that came. */
    void inputIsOver(Attempt itsAttempt) {
        if (surplus) {
            session.close(CloseMode.IMMEDIATE);
        }
        switching = false;
        if (itsAttempt != null) {
            itsAttempt.endOfBurst();
        }
    }

    /** Null before the first exchange. */
    Attempt attempt() {
        return attempt;
    }

    /** Some do not go through {@link #getHandler}, but take the handler that they find below us. */
    @Override
    public void upgrade(IOEventHandler next) {
        session.upgrade(new EventsBelow(next, turn));
    }
}
