package dev.holdfast.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.hc.core5.http.nio.command.ShutdownCommand;
import org.apache.hc.core5.reactor.Command;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.Test;

/** The part of HttpCore is played here: what it is called, it calls back, as {@code AbstractHttp1StreamDuplexer} does. */
class EngineTurnTest {
    private static final int READ = SelectionKey.OP_READ;
    private static final int WRITE = SelectionKey.OP_WRITE;
    private static final Command COMMAND = ShutdownCommand.GRACEFUL;

    private final List<String> session = new ArrayList<>();
    private int mask = READ;
    private boolean open = true;
    private boolean hasCommands;
    private final IOSession io = (IOSession) Proxy.newProxyInstance(
            IOSession.class.getClassLoader(), new Class<?>[] {IOSession.class}, (self, method, arguments) -> {
                switch (method.getName()) {
                    case "isOpen":
                        return open;
                    case "hasCommands":
                        return hasCommands;
                    case "getEventMask":
                        return mask;
                    default:
                        session.add(method.getName() + " " + arguments[0]);
                        return null;
                }
            });
    private final EngineTurn turn = new EngineTurn(io);

    @Test
    void theHeadIsWrittenByTheThreadThatHasItAndTheReactorHearsNothing() {
        List<Command> polled = new ArrayList<>();
        assertTrue(turn.run(
                COMMAND,
                output(() -> {
                    Command next = turn.poll();
                    if (next != null) { // the head is written
                        polled.add(next);
                        assertFalse(turn.isNews(WRITE));
                    } else { // and HttpCore sees that it has been
                        assertFalse(turn.endsNews(WRITE));
                    }
                }),
                io));
        assertEquals(List.of(COMMAND), polled);
        assertEquals(List.of(), session);
    }

    @Test
    void whatTheSocketDoesNotTakeAtOnceIsForTheReactor() {
        assertTrue(turn.run(
                COMMAND,
                output(() -> {
                    turn.poll();
                    turn.isNews(WRITE);
                }),
                io));
        assertEquals(List.of("setEvent " + WRITE), session);
    }

    @Test
    void anotherThreadsWishIsPassedOnWhileAHeadIsWritten() {
        assertTrue(turn.run(
                COMMAND,
                output(() -> {
                    turn.poll();
                    assertTrue(elsewhere(() -> turn.isNews(WRITE) && turn.isNews(READ) && turn.endsNews(READ)));
                }),
                io));
    }

    @Test
    void onlyChangesWakeTheReactor() {
        turn.begin();
        try {
            assertFalse(turn.isNews(READ));
            assertTrue(turn.endsNews(READ));
            assertTrue(turn.isNews(WRITE));
            assertFalse(turn.endsNews(WRITE));
        } finally {
            turn.end();
        }
    }

    @Test
    void whileTheReactorHasTheTurnNobodyWaitsForIt() {
        turn.begin();
        try {
            assertFalse(elsewhere(() -> turn.run(COMMAND, output(() -> {}), io)));
        } finally {
            turn.end();
        }
    }

    @Test
    void inTheMiddleOfAnEventOfTheSameConnectionNothingIsRun() {
        turn.begin();
        try {
            assertFalse(turn.run(COMMAND, output(() -> {}), io));
        } finally {
            turn.end();
        }
    }

    @Test
    void aConnectionThatIsClosedOrHasOtherCommandsIsLeftToTheReactor() {
        open = false;
        assertFalse(turn.run(COMMAND, output(() -> {}), io));
        open = true;
        hasCommands = true;
        assertFalse(turn.run(COMMAND, output(() -> {}), io));
    }

    @Test
    void aCommandThatHttpCoreDoesNotTakeIsLeftToTheReactor() {
        assertFalse(turn.run(COMMAND, output(() -> {}), io));
        assertEquals(null, turn.poll());
    }

    @Test
    void aWriteThatFailsIsToldAsTheReactorWouldAndTheTurnIsOver() {
        IOException cause = new IOException("Broken pipe");
        List<Exception> told = new ArrayList<>();
        assertTrue(turn.run(
                COMMAND,
                new Engine(told) {
                    @Override
                    public void outputReady(IOSession ignored) throws IOException {
                        turn.poll();
                        throw cause;
                    }
                },
                io));
        assertSame(cause, told.get(0));
        assertEquals(List.of("close GRACEFUL"), session);
        assertTrue(elsewhere(() -> turn.run(COMMAND, output(turn::poll), io)));
    }

    private static <T> T elsewhere(Supplier<T> asked) {
        return CompletableFuture.supplyAsync(asked).join();
    }

    private static IOEventHandler output(Runnable task) {
        return new Engine(new ArrayList<>()) {
            @Override
            public void outputReady(IOSession ignored) {
                task.run();
            }
        };
    }

    private abstract static class Engine implements IOEventHandler {
        private final List<Exception> told;

        Engine(List<Exception> told) {
            this.told = told;
        }

        @Override
        public void connected(IOSession ignored) {}

        @Override
        public void inputReady(IOSession ignored, ByteBuffer source) {}

        @Override
        public void timeout(IOSession ignored, Timeout timeout) {}

        @Override
        public void exception(IOSession ignored, Exception cause) {
            told.add(cause);
        }

        @Override
        public void disconnected(IOSession ignored) {}
    }
}
