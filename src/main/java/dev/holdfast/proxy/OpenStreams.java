package dev.holdfast.proxy;

import dev.holdfast.config.Printable;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The event streams and tunnels that are open. Thread-safe. */
final class OpenStreams {
    private static final Logger LOG = Logger.getLogger(OpenStreams.class.getName());

    private final Set<OpenStream> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    void add(OpenStream stream) {
        streams.add(stream);
        if (stopped) {
            stream.endForRestart();
        }
    }

    void remove(OpenStream stream) {
        streams.remove(stream);
    }

    boolean isEmpty() {
        return streams.isEmpty();
    }

    void look() {
        long now = System.nanoTime();
        forEach(stream -> stream.look(now));
    }

    /** Not those whose clients would not be held when they come again: they would be ended again and again. */
    void endForHold() {
        forEach(stream -> {
            if (stream.waitsAtTheGate()) {
                stream.endForRestart();
            }
        });
    }

    /** Ends those that are open, and each that is still to come. */
    void stop() {
        stopped = true; // before the look: T1 adds one, T2 does not see it any more, would be one that stays
        forEach(OpenStream::endForRestart);
    }

    private void forEach(Consumer<OpenStream> action) {
        for (OpenStream stream : streams) {
            try {
                action.accept(stream);
            } catch (RuntimeException | Error e) { // the others have nothing to do with it
                LOG.log(Level.WARNING, "an open stream could not be looked after", Printable.escaped(e));
            }
        }
    }
}
