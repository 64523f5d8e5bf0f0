package dev.holdfast.it;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Very many clients with one request each, {@code GET /held/<n>}, served by the one thread that calls. */
abstract class HeldCrowd implements AutoCloseable {
    /** Of each connection, to be read. */
    final Selector selector = Selector.open();

    final List<String> wrong = new ArrayList<>();
    int answered;

    HeldCrowd() throws IOException {}

    /** So many more requests, n counting on from 0. */
    abstract void send(int count) throws IOException;

    /** Something came there, or it ended. */
    abstract void take(SelectionKey key);

    /** Answers 200, to their end. */
    int answered() {
        return answered;
    }

    /** All else that came, and connections that ended. */
    List<String> wrong() {
        return wrong;
    }

    /** Takes what comes until {@code enough}, which is asked after each answer or few, or until the time is over. */
    void takeAnswers(Duration time, BooleanSupplier enough) throws IOException {
        long deadline = System.nanoTime() + time.toNanos();
        for (long left = time.toMillis(); left > 0 && !enough.getAsBoolean(); ) {
            selector.select(this::take, left);
            left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
