package dev.holdfast.proxy;

import jakarta.servlet.AsyncContext;

/**
 * Gives a request back to the container, by a dispatch or by its completion, when nobody is about to use it any more. Thread-safe.
 *
 * <pre>
 *   {@link #whenOpen} ──▶ the container has called for the first time ──▶ {@link #now} ──▶ nobody is just beginning to listen ──▶ given back
 *                                                                                            └──▶ the container has ended it before
 * </pre>
 */
final class HandBack {
    private final AsyncContext context;
    private final ClientTurn turn; // null over HTTP/1.1
    private final ExchangeListener listener;

    // Guarded by this
    private Runnable whenOpen;
    private boolean open;
    private Runnable whenListening;
    private boolean listenDue;

    private final Object handOver = new Object();
    private boolean ended; // by the container; guarded by handOver

    /** @param turn null over HTTP/1.1 */
    HandBack(AsyncContext context, ClientTurn turn, ExchangeListener listener) {
        this.context = context;
        this.turn = turn;
        this.listener = listener;
    }

    /**
     * Runs what gives the request back, when the container has called the WriteListener for the first time. Tomcat forgets
     * the listener at a dispatch, but not that it owes it a call: T1 (the reactor) dispatches before T2 (the container) made that
     * call, and the listener of whoever has the request next would never be called.
     */
    void whenOpen(Runnable task) {
        synchronized (this) {
            whenOpen = task;
            if (!open) {
                return;
            }
        }
        if (turn == null) {
            proceed();
        } else {
            turn.ask(); // so that nobody writes any more
        }
    }

    /**
     * The container has made that call, or never will. To be followed by {@link #proceed}, over HTTP/2 at the end of a turn.
     *
     * @return whether something waits for that
     */
    synchronized boolean open() {
        open = true;
        return whenOpen != null;
    }

    /** Gives back what waited for that. */
    void proceed() {
        Runnable task;
        synchronized (this) {
            task = open ? whenOpen : null;
            if (task == null) {
                return;
            }
            whenOpen = null;
        }
        now(task);
    }

    void complete() {
        now(context::complete);
    }

    /** Of a request whose client left, which the container does not know yet. */
    void completeAfterError() {
        now(this::tryToComplete);
    }

    /**
     * Runs what gives the request back: T1 (the reactor) does, T2 (a container's thread) is just saying that it listens for the
     * body, and Tomcat closes the connection on the spot, without an answer. So it is done when T2 has said it.
     */
    private void now(Runnable task) {
        synchronized (this) {
            if (listenDue) {
                whenListening = task;
                return;
            }
        }
        giveBack(task);
    }

    /** Somebody is about to say that he listens for the body. */
    synchronized void listenBegins() {
        listenDue = true;
    }

    /** Whether he need not any more. */
    synchronized boolean isDue() {
        return whenListening != null;
    }

    /** He has said it, or did not. */
    void listenHasBegun() {
        Runnable task;
        synchronized (this) {
            listenDue = false;
            task = whenListening;
            whenListening = null;
        }
        if (task != null) {
            giveBack(task);
        }
    }

    private void giveBack(Runnable task) {
        synchronized (handOver) {
            if (!ended) {
                task.run();
                return;
            }
        }
        listener.upstreamDone();
    }

    /** The container ends the request when its thread, which calls here, returns. */
    void containerEnds() {
        synchronized (handOver) {
            ended = true;
        }
        tryToComplete();
    }

    private void tryToComplete() {
        try {
            context.complete();
        } catch (IllegalStateException expected) {
            // The container completed it already.
        }
    }
}
