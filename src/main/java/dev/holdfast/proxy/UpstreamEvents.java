package dev.holdfast.proxy;

import dev.holdfast.config.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.hc.core5.reactor.Command;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.util.Timeout;

/**
 * What happens on a connection to the upstream, on its way to HttpCore: with the {@link UpstreamSession} for HttpCore's own,
 * which is told before and after. An Error, and from {@link #exception} any exception, would end the reactor thread, and with it
 * every exchange from then on; so it ends this connection only. Reactor thread.
 */
final class UpstreamEvents implements IOEventHandler {
    private static final Logger LOG = Logger.getLogger(UpstreamEvents.class.getName());

    private final UpstreamSession session;
    private final IOEventHandler engine;
    private final EngineTurn turn;

    UpstreamEvents(UpstreamSession session, IOEventHandler engine, EngineTurn turn) {
        this.session = session;
        this.engine = engine;
        this.turn = turn;
    }

    /** Any thread. Returns false when it cannot be run in this one. */
    boolean run(Command command) {
        return turn.run(command, this, session);
    }

    @Override
    public void inputReady(IOSession ignored, ByteBuffer decrypted) throws IOException {
        turn.begin();
        try {
            Attempt attempt = session.attempt(); // another one may have begun when HttpCore returns
            session.inputComes(decrypted);
            engine.inputReady(session, decrypted);
            session.inputIsOver(attempt);
        } catch (Error e) {
            throw confined(e);
        } finally {
            turn.end();
        }
    }

    @Override
    public void connected(IOSession ignored) throws IOException {
        turn.begin();
        try {
            engine.connected(session);
        } finally {
            turn.end();
        }
    }

    @Override
    public void outputReady(IOSession ignored) throws IOException {
        turn.begin();
        try {
            engine.outputReady(session);
        } catch (Error e) {
            throw confined(e);
        } finally {
            turn.end();
        }
    }

    @Override
    public void timeout(IOSession ignored, Timeout timeout) throws IOException {
        turn.begin();
        try {
            engine.timeout(session, timeout);
        } finally {
            turn.end();
        }
    }

    @Override
    public void exception(IOSession ignored, Exception cause) {
        turn.begin();
        try {
            engine.exception(session, cause);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.SEVERE, "an exchange that failed could not be ended", Printable.escaped(e));
        } finally {
            turn.end();
        }
    }

    @Override
    public void disconnected(IOSession ignored) {
        engine.disconnected(session);
    }

    private static RuntimeException confined(Error e) {
        return new IllegalStateException(e);
    }
}
