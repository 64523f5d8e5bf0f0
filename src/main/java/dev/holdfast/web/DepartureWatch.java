package dev.holdfast.web;

import dev.holdfast.config.Printable;
import dev.holdfast.thread.OneThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Notices at once who of those that are held over HTTP/1.1 leaves, at no cost while nobody does: a selector of its own
 * beside Tomcat's, which does not look at the connection of a held request, says when something can be read from it, be it
 * the end; then the {@link ClientProbe} looks.
 *
 * <p>One thread a site, which sleeps while nobody is held. A hold is watched from the next tick on, so that one that is
 * over sooner costs nothing. Other threads only add to the queue of newcomers, cancel keys, and close.
 */
final class DepartureWatch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(DepartureWatch.class.getName());

    /** Also bounds for how long a connection that Tomcat closes keeps its file descriptor: until its key is removed. */
    private static final long TICK_MILLIS = 500;

    private final Thread thread;
    private final Selector selector;
    private final Queue<HeldClient> newcomers = new ConcurrentLinkedQueue<>();
    private final List<SelectionKey> busy = new ArrayList<>(); // a container thread had the connection; our thread's
    private volatile boolean asleep;
    private volatile boolean closed;

    DepartureWatch(String site) {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException("no selector for those who leave while they are held", e);
        }
        thread = OneThread.daemon(this::run, "holdfast-departures-" + site);
        thread.start();
    }

    /** Watches this client until it is {@linkplain HeldClient#isOver() over}, where its connection can be watched. */
    void add(HeldClient client) {
        if (client.probe().socket() != null) {
            newcomers.add(client);
            if (asleep) {
                selector.wakeup();
            }
        }
    }

    private void run() {
        while (!closed) {
            try {
                sleep();
                watchNewcomers();
                look();
            } catch (IOException | RuntimeException e) {
                LOG.log(
                        Level.SEVERE,
                        "clients that leave while they are held may be noticed late",
                        Printable.escaped(e));
            }
        }
    }

    private void sleep() throws IOException {
        // T1 (here) finds nobody, T2 adds one and sees us awake: so T1 says that it sleeps, then looks. Keys that were
        // cancelled are there until the next tick.
        asleep = selector.keys().isEmpty();
        if (asleep && newcomers.isEmpty()) {
            selector.select();
        } else {
            selector.select(TICK_MILLIS);
        }
        asleep = false;
    }

    private void watchNewcomers() {
        for (int left = newcomers.size(); left > 0; left--) {
            HeldClient client = newcomers.remove();
            if (!client.isOver()) {
                watch(client);
            }
        }
        for (SelectionKey key : busy) {
            if (key.isValid()) {
                listen(key, SelectionKey.OP_READ);
            }
        }
        busy.clear();
    }

    private void watch(HeldClient client) {
        try {
            SocketChannel socket = client.probe().socket();
            client.watchedBy(socket.register(selector, SelectionKey.OP_READ, client));
        } catch (CancelledKeyException heldBefore) {
            newcomers.add(client); // the key of its last hold is removed by the next tick
        } catch (ClosedChannelException left) {
            client.leaves();
        }
    }

    private void look() {
        for (SelectionKey key : selector.selectedKeys()) {
            HeldClient client = (HeldClient) key.attachment();
            switch (client.probe().probe()) {
                case GONE -> client.leaves();
                case FULL, UNKNOWN -> key.cancel(); // nobody will know what follows
                case BUSY -> {
                    listen(key, 0);
                    busy.add(key);
                }
                case ALIVE -> {} // what it sent is read, and waits where Tomcat looks first
            }
        }
        selector.selectedKeys().clear();
    }

    private static void listen(SelectionKey key, int operations) {
        try {
            key.interestOps(operations);
        } catch (CancelledKeyException over) {
            // Released meanwhile.
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join(TICK_MILLIS * 10);
            selector.close();
        } catch (IOException e) {
            LOG.log(Level.FINE, "closing the selector", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
