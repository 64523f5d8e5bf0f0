package dev.holdfast.proxy;

import dev.holdfast.config.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.util.Timeout;

/**
 * What the {@link UpstreamEvents} call for HttpCore, and what HttpCore 5.4 calls itself, without regard to the session that we
 * have put in between: TLS does when it has decrypted something, and hands that over; and the reactor thread, when a connection
 * has been closed. That has to wait for its turn like all else, and no exception may come of it, which would end the thread, and
 * every exchange from then on.
 */
final class EventsBelow implements IOEventHandler {
    private static final Logger LOG = Logger.getLogger(EventsBelow.class.getName());

    private final IOEventHandler real;
    private final EngineTurn turn;

    EventsBelow(IOEventHandler real, EngineTurn turn) {
        this.real = real;
        this.turn = turn;
    }

    IOEventHandler real() {
        return real;
    }

    @Override
    public void inputReady(IOSession protocolSession, ByteBuffer source) throws IOException {
        if (protocolSession instanceof UpstreamSession ours) {
            ours.inputComes(source);
        }
        real.inputReady(protocolSession, source);
    }

    @Override
    public void connected(IOSession protocolSession) throws IOException {
        real.connected(protocolSession);
    }

    @Override
    public void outputReady(IOSession protocolSession) throws IOException {
        real.outputReady(protocolSession);
    }

    @Override
    public void timeout(IOSession protocolSession, Timeout timeout) throws IOException {
        real.timeout(protocolSession, timeout);
    }

    @Override
    public void exception(IOSession protocolSession, Exception cause) {
        real.exception(protocolSession, cause);
    }

    @Override
    public void disconnected(IOSession protocolSession) {
        turn.begin();
        try {
            real.disconnected(protocolSession);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.SEVERE, "an exchange that was cut could not be ended", Printable.escaped(e));
        } finally {
            turn.end();
        }
    }
}
