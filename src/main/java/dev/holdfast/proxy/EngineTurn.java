package dev.holdfast.proxy;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.Command;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;

/**
 * Whose turn it is to run HttpCore's code for one connection. HttpCore means that code for one thread, that of the reactor. Here
 * it is the reactor thread's for each event; and in between that of a thread which has a request to send on an idle connection:
 * it writes the head itself, instead of waking the reactor thread, which would wait for the socket to be writable first.
 *
 * <p>A reactor thread may wait for such a thread, for as long as a head takes to be formatted and written to a socket that
 * never blocks. Nobody else waits.
 */
final class EngineTurn {
    private final IOSession session;
    private final ReentrantLock lock = new ReentrantLock();

    // Of whoever has the turn
    private Command command;
    private boolean sending;
    private boolean writeDue;

    /** @param session HttpCore's own */
    EngineTurn(IOSession session) {
        this.session = session;
    }

    /** Reactor thread; to be followed by {@link #end}. */
    void begin() {
        lock.lock();
    }

    void end() {
        lock.unlock();
    }

    /**
     * Runs it in this thread.
     *
     * @param ours the session as HttpCore sees it
     * @return false when it cannot, and the reactor thread has to
     */
    boolean run(Command next, IOEventHandler engine, IOSession ours) {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            if (lock.getHoldCount() > 1 || session.hasCommands() || !session.isOpen()) {
                return false;
            }
            command = next;
            output(engine, ours);
            return command == null;
        } finally {
            command = null;
            lock.unlock();
        }
    }

    /** Twice as a rule: HttpCore writes, and at the next event sees that it has. */
    private void output(IOEventHandler engine, IOSession ours) {
        sending = true;
        try {
            engine.outputReady(ours);
            if (writeDue) {
                engine.outputReady(ours);
            }
        } catch (IOException | RuntimeException e) { // as the reactor does then
            engine.exception(ours, e);
            ours.close(CloseMode.GRACEFUL);
        } finally {
            sending = false;
            if (writeDue) {
                writeDue = false;
                session.setEvent(SelectionKey.OP_WRITE);
            }
        }
    }

    /** The command that is to be run now, or null. */
    Command poll() {
        Command polled = command;
        command = null;
        return polled;
    }

    /**
     * Whether HttpCore's wish to be told of such an event has to be passed on, which wakes the reactor thread. Not when it is
     * told already: only who has the turn ever stops that.
     */
    boolean isNews(int event) {
        if (!lock.isHeldByCurrentThread()) {
            return true;
        }
        if (sending && event == SelectionKey.OP_WRITE) {
            writeDue = true;
            return false;
        }
        return !isSet(event);
    }

    /** The same for its wish not to be told. */
    boolean endsNews(int event) {
        if (!lock.isHeldByCurrentThread()) {
            return true;
        }
        if (sending && event == SelectionKey.OP_WRITE) {
            writeDue = false;
        }
        return isSet(event);
    }

    private boolean isSet(int event) {
        try {
            return (session.getEventMask() & event) == event;
        } catch (CancelledKeyException closed) {
            return true; // HttpCore looks for itself
        }
    }
}
