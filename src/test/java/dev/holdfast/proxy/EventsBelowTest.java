package dev.holdfast.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.junit.jupiter.api.Test;

/**
 * HttpCore calls the handler that it finds in its own session when the connection has been closed. While another thread sent a
 * request there, both ended the same exchange: a NullPointerException ended the reactor thread, and everything was 502 from then on.
 */
class EventsBelowTest {
    private final EngineTurn turn = new EngineTurn(fake(IOSession.class, () -> {}));

    @Test
    void aClosedConnectionIsToldWhenItsTurnHasCome() throws Exception {
        AtomicInteger told = new AtomicInteger();
        EventsBelow events = new EventsBelow(fake(IOEventHandler.class, told::incrementAndGet), turn);
        Thread reactor = new Thread(() -> events.disconnected(null));
        turn.begin();
        try {
            reactor.start();
            while (reactor.getState() != Thread.State.WAITING && reactor.isAlive()) {
                Thread.onSpinWait();
            }
            assertEquals(0, told.get());
        } finally {
            turn.end();
        }
        reactor.join();
        assertEquals(1, told.get());
    }

    @Test
    void noExceptionReachesTheReactorAndTheTurnIsOver() throws Exception {
        EventsBelow events = new EventsBelow(
                fake(IOEventHandler.class, () -> {
                    throw new NullPointerException("this.outgoing is null");
                }),
                turn);
        events.disconnected(null);
        Thread other = new Thread(() -> {
            turn.begin();
            turn.end();
        });
        other.setDaemon(true);
        other.start();
        other.join(10_000);
        assertFalse(other.isAlive());
    }

    private static <T> T fake(Class<T> type, Runnable called) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    called.run();
                    return null;
                }));
    }
}
