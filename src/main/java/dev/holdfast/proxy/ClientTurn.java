package dev.holdfast.proxy;

import jakarta.servlet.AsyncContext;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What one exchange over HTTP/2 has to do at the client's side, done in its {@linkplain ClientTurns turn}. Thread-safe. */
final class ClientTurn implements Runnable {
    /** Longer than Tomcat blocks (its {@code writeTimeout} is 5 s); only so that a mistake does not block for ever. */
    private static final long LONGEST_WAIT_MILLIS = TimeUnit.SECONDS.toMillis(30);

    private final ClientTurns turns;
    private final String connection;
    private final AsyncContext context;
    private final Exchange exchange;
    private final AtomicInteger asked = new AtomicInteger();
    private Thread worker; // guarded by this
    private boolean closed; // guarded by this

    ClientTurn(ClientTurns turns, AsyncContext context, Exchange exchange) {
        this.turns = turns;
        this.connection = context.getRequest().getServletConnection().getConnectionId();
        this.context = context;
        this.exchange = exchange;
    }

    /** Of the client. */
    String connection() {
        return connection;
    }

    AsyncContext context() {
        return context;
    }

    /** There is something to do. Any thread; does not wait. */
    void ask() {
        if (asked.getAndIncrement() == 0) {
            turns.queue(this);
        }
    }

    @Override
    public void run() {
        int seen = asked.get();
        try {
            if (enter()) {
                try {
                    exchange.serveClient();
                } finally {
                    leave();
                }
            }
        } finally {
            if (asked.addAndGet(-seen) != 0) {
                turns.queue(this); // behind the others: one large response is not to stop many small ones
            }
            turns.pass(this);
        }
    }

    private synchronized boolean enter() {
        if (closed) {
            return false;
        }
        worker = Thread.currentThread();
        return true;
    }

    private synchronized void leave() {
        worker = null;
        notifyAll();
    }

    /** The container gives no thread: the request is over already, or the container is going down. */
    void isLost() {
        synchronized (this) {
            closed = true;
        }
        exchange.turnIsLost();
    }

    /**
     * Nobody works on the request any more when this returns, nor will. To be called by the container's thread that is about
     * to end the request: T1 (a turn) writes, T2 (the container) gives the same objects to the next request.
     */
    synchronized void close() {
        closed = true;
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST_WAIT_MILLIS);
        try {
            while (worker != null && worker != Thread.currentThread()) {
                long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (millis <= 0) {
                    return;
                }
                wait(millis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
