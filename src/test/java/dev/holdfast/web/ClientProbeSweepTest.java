package dev.holdfast.web;

import static dev.holdfast.web.HoldingServlet.seen;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.web.ClientProbe.State;
import dev.holdfast.web.HoldingServlet.Held;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Probes everything that is held, all the time, while it is sent, released and abandoned. */
@Timeout(60)
class ClientProbeSweepTest {
    private static final int CLIENTS = 8;
    private static final int REQUESTS_EACH = 75;

    private final HoldingServlet servlet = new HoldingServlet();
    private final List<Held> waiting = new ArrayList<>(); // confined to the sweeper
    private final Map<String, Integer> sweepsUntilRelease = new ConcurrentHashMap<>();
    private final List<RawClient> halfClosed = Collections.synchronizedList(new ArrayList<>());
    private final Set<String> leavers = ConcurrentHashMap.newKeySet();
    private final Set<String> foundGone = ConcurrentHashMap.newKeySet();
    private int sweeps; // guarded by this

    @Test
    void findsAllWhoLeaveAndNobodyElse() throws Exception {
        ScheduledExecutorService sweeper = Executors.newSingleThreadScheduledExecutor();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (TestTomcat tomcat = new TestTomcat().servlet(servlet).start()) {
            sweeper.scheduleWithFixedDelay(this::sweep, 0, 1, TimeUnit.MILLISECONDS);
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                tasks.add(() -> askAndLeave(client, tomcat.port()));
            }

            int answered = 0;
            for (Future<Integer> done : clients.invokeAll(tasks)) {
                answered += done.get();
            }

            Awaitility.await().atMost(10, TimeUnit.SECONDS).until(() -> foundGone.size() == leavers.size());
            assertEquals(leavers, foundGone);
            assertEquals(CLIENTS * REQUESTS_EACH, answered + leavers.size());
            assertTrue(!leavers.isEmpty());
        } finally {
            clients.shutdownNow();
            sweeper.shutdownNow();
            for (RawClient client : halfClosed) {
                client.close();
            }
        }
    }

    private void sweep() {
        countSweep();
        servlet.arrivals.drainTo(waiting);
        for (Iterator<Held> each = waiting.iterator(); each.hasNext(); ) {
            Held held = each.next();
            if (held.probe().probe() == State.GONE) {
                foundGone.add(held.target());
                held.giveUp();
                each.remove();
            } else if (sweepsUntilRelease.merge(held.target(), -1, Integer::sum) <= 0) {
                held.release();
                each.remove();
            }
        }
    }

    /** Returns how many right answers it got. */
    private int askAndLeave(int number, int port) throws IOException, InterruptedException {
        Random random = new Random(number);
        int answers = 0;
        RawClient client = new RawClient(port);
        for (int i = 0; i < REQUESTS_EACH; i++) {
            String target = "/" + number + "/" + i;
            byte[] body = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(7_000)];
            random.nextBytes(body);
            boolean leaves = random.nextInt(5) == 0;
            sweepsUntilRelease.put(target, leaves ? Integer.MAX_VALUE : random.nextInt(20));
            byte[] request = request(target, body, random.nextBoolean());
            int first = head(request) + random.nextInt(request.length - head(request) + 1);

            client.send(Arrays.copyOf(request, first));
            awaitSweeps(random.nextInt(5));
            if (leaves) {
                leavers.add(target);
                leave(client, random.nextInt(3));
                client = new RawClient(port);
            } else {
                client.send(Arrays.copyOfRange(request, first, request.length));
                assertEquals(seen(target, body), client.read().body());
                answers++;
            }
        }
        client.close();
        return answers;
    }

    private void leave(RawClient client, int way) throws IOException {
        switch (way) {
            case 0 -> client.close();
            case 1 -> client.reset();
            default -> {
                client.shutdownOutput();
                halfClosed.add(client);
            }
        }
    }

    private synchronized void countSweep() {
        sweeps++;
        notifyAll();
    }

    private synchronized void awaitSweeps(int more) throws InterruptedException {
        int until = sweeps + more;
        while (sweeps < until) {
            wait();
        }
    }

    private static byte[] request(String target, byte[] body, boolean chunked) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String start = "POST " + target + " HTTP/1.1\r\nHost: a\r\n";
        if (body.length == 0) {
            out.write(ascii("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"));
        } else if (chunked) {
            out.write(ascii(start + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length) + "\r\n"));
            out.write(body);
            out.write(ascii("\r\n0\r\n\r\n"));
        } else {
            out.write(ascii(start + "Content-Length: " + body.length + "\r\n\r\n"));
            out.write(body);
        }
        return out.toByteArray();
    }

    /** The length of the head. */
    private static int head(byte[] request) {
        return new String(request, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
