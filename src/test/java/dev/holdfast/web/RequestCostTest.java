package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.junit.jupiter.api.Test;

/**
 * What a request costs that is the same on each machine: bytes allocated, and threads. Of the container's, the engine's and our
 * own threads together; not of client and upstream.
 */
class RequestCostTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int BATCH = 500;
    private static final int BATCHES = 8;
    private static final int FEW = 20;
    private static final int MANY = 300;
    /** Threads that somebody starts when he first needs one. */
    private static final int LAZY = 3;

    private static final int CONTAINER_THREADS = 4;

    private static final String OF_A_BROWSER = "Host: site.example\r\n"
            + "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
            + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
            + "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
            + "Referer: https://site.example/somewhere/else/before.html\r\n"
            + "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n"
            + "Upgrade-Insecure-Requests: 1\r\n";

    private static final String BODY = "x".repeat(1024);
    private static final String GET = "GET /page HTTP/1.1\r\nHost: site.example\r\n\r\n";
    private static final String POST =
            "POST /page HTTP/1.1\r\nHost: site.example\r\nContent-Length: 1024\r\n\r\n" + BODY;
    private static final byte[] ANSWER = ("HTTP/1.1 200 OK\r\nServer: site\r\nDate: Sun, 22 Nov 2026 18:00:00 GMT\r\n"
                    + "Content-Type: text/html\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY)
            .getBytes(StandardCharsets.US_ASCII);

    private final Set<Thread> before = Thread.getAllStackTraces().keySet();

    @Test
    void aGetAllocatesLittle() throws Exception {
        assertAllocates(12_500, GET);
    }

    @Test
    void aGetOfABrowserAllocatesLittle() throws Exception {
        assertAllocates(17_000, "GET /page HTTP/1.1\r\n" + OF_A_BROWSER + "\r\n");
    }

    @Test
    void aSmallPostAllocatesLittle() throws Exception {
        assertAllocates(26_500, POST);
    }

    /** @param most about an eighth more than where nothing is compiled, which is what allocates most */
    private void assertAllocates(long most, String request) throws Exception {
        try (SmallSite upstream = new SmallSite(Door.tcp(), (any, out, end) -> out.write(ANSWER));
                TestSite proxy = TestSite.before(0, RequestCostTest::fewThreads, "upstream", upstream.address());
                Wire client = proxy.client()) {
            List<Long> bytesEach = new ArrayList<>();
            do {
                long allocated = allocated();
                for (int i = 0; i < BATCH; i++) {
                    client.send(request);
                    assertTrue(client.readHead().startsWith("HTTP/1.1 200"));
                    client.read(BODY.length());
                }
                bytesEach.add((allocated() - allocated) / BATCH);
                // What is done once, and from time to time, only adds.
            } while (bytesEach.size() < BATCHES && Collections.min(bytesEach) > most);

            System.out.printf(
                    "Cost of a %s: %s bytes allocated%n",
                    request.lines().findFirst().orElse(""), bytesEach);
            assertTrue(Collections.min(bytesEach) <= most, () -> bytesEach + " bytes a request; at most " + most);
        }
    }

    @Test
    void aRequestInFlightTakesNoThread() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        Semaphore arrived = new Semaphore(0);
        try (AnsweringUpstream upstream = new AnsweringUpstream(target -> {
                    arrived.release();
                    answer.await();
                    return AnsweringUpstream.OK;
                });
                TestSite proxy = TestSite.before(upstream.port(), RequestCostTest::fewThreads)) {
            List<Wire> clients = new ArrayList<>();
            send(FEW, clients, proxy);
            assertTrue(arrived.tryAcquire(FEW, 20, TimeUnit.SECONDS));
            int threadsWithFew = threads().size();
            send(MANY, clients, proxy);
            assertTrue(arrived.tryAcquire(MANY, 20, TimeUnit.SECONDS));

            int threadsWithMany = threads().size();
            assertTrue(threadsWithMany <= threadsWithFew + LAZY, threadsWithFew + " -> " + threadsWithMany);

            answer.countDown();
            for (Wire client : clients) {
                assertTrue(client.readHead().startsWith("HTTP/1.1 200"));
                client.close();
            }
        }
    }

    /** After each 32 KiB the container's poller had to find that the socket could be written to, and to wake a thread. */
    @Test
    void aLargeAnswerTakesNoThreadThatASmallOneDoesNot() throws Exception {
        double ofSmall = containerTasks(1024, http1(GET));
        double ofLarge = containerTasks(256 * 1024, http1(GET));
        System.out.printf("Tasks of the container: %.1f a small answer, %.1f a large one%n", ofSmall, ofLarge);
        assertTrue(ofLarge <= ofSmall + 2, ofSmall + " -> " + ofLarge);
    }

    /** It took one to listen for the body, and one to read it, though it had come with the head. */
    @Test
    void aSmallPostTakesNoThreadThatAGetDoesNot() throws Exception {
        double ofGet = containerTasks(1024, http1(GET));
        double ofPost = containerTasks(1024, http1(POST));
        System.out.printf("Tasks of the container: %.1f a GET, %.1f a small POST%n", ofGet, ofPost);
        assertTrue(ofPost <= ofGet + 0.5, ofGet + " -> " + ofPost);
    }

    /**
     * To read the request, to run it, to write the answer, to complete it. It took one to find that there was nothing to write yet, and often
     * one more for the end of an answer whose end had come with its body.
     */
    @Test
    void anAnswerOverHttp2TakesOneTurn() throws Exception {
        double tasks = containerTasks(1024, proxy -> {
            H2Wire client = new H2Wire(proxy.port());
            return new Client() {
                @Override
                public void ask(int bodyBytes) throws IOException {
                    assertEquals(
                            bodyBytes,
                            client.readResponse(client.get("/page")).body().length());
                }

                @Override
                public void close() throws IOException {
                    client.close();
                }
            };
        });
        System.out.printf("Tasks of the container: %.1f a GET over HTTP/2%n", tasks);
        assertTrue(tasks <= 4.5, () -> tasks + " tasks");
    }

    private interface Client extends AutoCloseable {
        void ask(int bodyBytes) throws IOException;

        @Override
        void close() throws IOException;
    }

    private interface Opener {
        Client open(TestSite proxy) throws IOException;
    }

    private static Opener http1(String request) {
        return proxy -> {
            Wire client = proxy.client();
            return new Client() {
                @Override
                public void ask(int bodyBytes) throws IOException {
                    client.send(request);
                    assertTrue(client.readHead().startsWith("HTTP/1.1 200"));
                    client.read(bodyBytes);
                }

                @Override
                public void close() throws IOException {
                    client.close();
                }
            };
        };
    }

    /** A request. The upstream answers when no thread of the container has anything to do: how busy the machine is plays no part. */
    private static double containerTasks(int bodyBytes, Opener clients) throws Exception {
        AtomicReference<ThreadPoolExecutor> threads = new AtomicReference<>();
        AtomicReference<Connector> connector = new AtomicReference<>();
        byte[] answer = SmallSite.response("x".repeat(bodyBytes));
        SmallSite.Page page = (any, out, end) -> {
            Until.true_(() -> threads.get().getActiveCount() == 0);
            out.write(answer);
        };
        try (SmallSite upstream = new SmallSite(Door.tcp(), page);
                TestSite proxy = TestSite.before(
                        0,
                        (itsConnector, context) -> {
                            itsConnector.setProperty("socket.txBufSize", Integer.toString(4 * bodyBytes));
                            connector.set(itsConnector);
                        },
                        "upstream",
                        upstream.address());
                Client client = clients.open(proxy)) {
            threads.set(
                    (ThreadPoolExecutor) connector.get().getProtocolHandler().getExecutor());
            client.ask(bodyBytes); // what a connection begins with
            long before = threads.get().getTaskCount();
            for (int i = 0; i < FEW; i++) {
                client.ask(bodyBytes);
            }
            return (double) (threads.get().getTaskCount() - before) / FEW;
        }
    }

    private static void send(int requests, List<Wire> clients, TestSite proxy) throws IOException {
        for (int i = 0; i < requests; i++) {
            clients.add(proxy.client().send(GET));
        }
    }

    private static void fewThreads(Connector connector, Context context) {
        connector.setProperty("maxKeepAliveRequests", "-1");
        connector.setProperty("maxThreads", Integer.toString(CONTAINER_THREADS));
        connector.setProperty("minSpareThreads", Integer.toString(CONTAINER_THREADS));
    }

    private List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .filter(thread -> !thread.getName().matches("small-site|upstream.*|Catalina-utility.*"))
                .toList();
    }

    private long allocated() {
        long[] ids = threads().stream().mapToLong(Thread::getId).toArray();
        return Arrays.stream(THREADS.getThreadAllocatedBytes(ids)).sum();
    }
}
