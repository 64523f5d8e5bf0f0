package dev.holdfast.it;

import static org.awaitility.Awaitility.await;

import dev.holdfast.it.ClientConnection.Answer;
import dev.holdfast.it.ClientConnection.Framing;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many clients at once, each a thread with a keep-alive connection that sends one numbered request after the other: GET and POST,
 * bodies of 1 B to 1 MB, Content-Length and chunked. Each answer is checked; what is wrong in any way is a failure.
 */
final class LoadClients implements AutoCloseable {
    private static final double LARGEST_BODY = 1 << 20;

    private final int port;
    private final int longestPauseMillis;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong numbers;
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong bodyBytes = new AtomicLong();
    private final Set<String> sent = ConcurrentHashMap.newKeySet();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean stopping;

    private LoadClients(int port, long firstNumber, int longestPauseMillis) {
        this.port = port;
        this.longestPauseMillis = longestPauseMillis;
        this.numbers = new AtomicLong(firstNumber);
    }

    /** Starts {@code clients} of them against {@code port}; their requests are numbered from {@code firstNumber} on. */
    static LoadClients start(int port, int clients, long firstNumber) {
        return start(port, clients, firstNumber, 0);
    }

    /** The same, where each pauses from one exchange to the next, so that the machine has time for other things. */
    static LoadClients start(int port, int clients, long firstNumber, int longestPauseMillis) {
        LoadClients load = new LoadClients(port, firstNumber, longestPauseMillis);
        for (int i = 0; i < clients; i++) {
            long seed = firstNumber + i;
            Thread thread = new Thread(() -> load.run(new Random(seed)), "client-" + i);
            load.threads.add(thread);
            thread.start();
        }
        return load;
    }

    /** Requests sent so far, {@code POST 17} each. */
    Set<String> sent() {
        return sent;
    }

    /** Requests that were answered as they should. */
    long answered() {
        return answered.get();
    }

    long connections() {
        return connections.get();
    }

    long bodyBytes() {
        return bodyBytes.get();
    }

    /** What went wrong, in words. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Waits until this many more requests have been answered (or something went wrong). */
    void awaitAnswered(int more) {
        long goal = answered() + more;
        await(more + " more answers")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> answered() >= goal || !failures.isEmpty());
    }

    /** Lets each client finish its exchange, then ends them. */
    void stop() throws InterruptedException {
        stopping = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Override
    public void close() {
        stopping = true;
        threads.forEach(Thread::interrupt);
    }

    /** Ends at the first failure: one is enough, and thousands would tell no more. */
    private void run(Random random) {
        while (!stopping) {
            try (ClientConnection connection = new ClientConnection(port)) {
                connections.incrementAndGet();
                boolean open = true;
                while (open && !stopping) {
                    open = exchange(connection, random);
                    Thread.sleep(random.nextInt(longestPauseMillis + 1));
                }
            } catch (InterruptedException closed) {
                return;
            } catch (IOException | RuntimeException e) {
                failures.add(Thread.currentThread().getName() + ": " + e + " because of " + e.getCause());
                return;
            }
        }
    }

    /** One request and its answer; false when the connection is not to be used again. */
    private boolean exchange(ClientConnection connection, Random random) throws IOException {
        long number = numbers.getAndIncrement();
        TestBody up = new TestBody(number, random.nextBoolean() ? randomSize(random) : 0);
        TestBody down = new TestBody(number, randomSize(random));
        String method = up.length() > 0 ? "POST" : "GET";
        String target =
                "/exchange?number=" + number + "&size=" + down.length() + (random.nextBoolean() ? "&chunked" : "");
        sent.add(method + " " + number);
        Answer answer;
        try {
            if (up.length() > 0) {
                connection.post(target, up, Framing.values()[random.nextInt(2)]);
            } else {
                connection.get(target);
            }
            answer = connection.receive();
        } catch (IOException e) {
            throw new IOException(method + " " + target + " (" + up.length() + " bytes) got no answer", e);
        }
        check(connection, method + " " + target, up, down, answer);
        return !answer.closesConnection();
    }

    private void check(ClientConnection connection, String request, TestBody up, TestBody down, Answer answer)
            throws IOException {
        if (answer.status() != 200
                || !Long.toString(up.number()).equals(answer.headers().get("x-number"))
                || !Long.toString(up.sum().crc()).equals(answer.headers().get("x-received-crc"))
                || !down.sum().equals(answer.body())
                || connection.hasUnreadBytes()) {
            failures.add(request + " got " + answer);
        } else {
            answered.incrementAndGet();
            bodyBytes.addAndGet(up.length() + down.length());
        }
    }

    /** From 1 B to 1 MB, each order of magnitude as often as the others. */
    private static long randomSize(Random random) {
        return Math.max(1, Math.round(Math.exp(random.nextDouble() * Math.log(LARGEST_BODY))));
    }
}
