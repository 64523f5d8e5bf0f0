package dev.holdfast.it;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Very many clients with one request each, {@code GET /held/<n>}, served by the one thread that calls. */
interface HeldCrowd extends AutoCloseable {
    /** So many more requests. */
    void send(int count) throws IOException;

    /** Answers 200, to their end. */
    int answered();

    /** All else that came. */
    List<String> wrong();

    /** Takes what comes until {@code enough}, which is asked after each answer or few, or until the time is over. */
    void takeAnswers(Duration time, BooleanSupplier enough) throws IOException;

    @Override
    void close() throws IOException;

    /** A connection each. */
    static HeldCrowd http1(int port) throws IOException {
        HeldClients clients = new HeldClients(port);
        return new HeldCrowd() {
            @Override
            public void send(int count) throws IOException {
                clients.send(count);
            }

            @Override
            public int answered() {
                return clients.answered();
            }

            @Override
            public List<String> wrong() {
                return clients.wrong();
            }

            @Override
            public void takeAnswers(Duration time, BooleanSupplier enough) throws IOException {
                clients.takeAnswers(time, enough);
            }

            @Override
            public void close() throws IOException {
                clients.close();
            }
        };
    }
}
