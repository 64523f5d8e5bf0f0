package dev.holdfast.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.core5.concurrent.BasicFuture;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.net.Host;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Names and addresses, with a made-up DNS, and an engine that only notes which addresses it is to connect to. */
class UpstreamConnectorTest {
    private static final Timeout LONG = Timeout.ofSeconds(30);
    private static final byte[] FIRST = {10, 0, 0, 1};
    private static final byte[] SECOND = {10, 0, 0, 2};

    private final Map<String, byte[][]> dns = new ConcurrentHashMap<>();
    private final AtomicInteger lookups = new AtomicInteger();
    private final CountDownLatch dnsAnswers = new CountDownLatch(1);
    private final CountDownLatch slowAsked = new CountDownLatch(1);
    private final List<SocketAddress> connects = new CopyOnWriteArrayList<>();
    private final List<Timeout> limits = new CopyOnWriteArrayList<>();
    private final Map<SocketAddress, IOException> failures = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledExecutorService reactor = Executors.newSingleThreadScheduledExecutor();
    private final NameLookup names = new NameLookup("test", this::addresses);
    private final UpstreamConnector connector = new UpstreamConnector(
            (endpoint, address, local, limit, attachment, told) -> engine(address, limit, told), names, timer);

    @AfterEach
    void stop() {
        dnsAnswers.countDown();
        names.close();
        timer.shutdownNow();
        reactor.shutdownNow();
    }

    private InetAddress[] addresses(String host) throws UnknownHostException {
        lookups.incrementAndGet();
        if (host.equals("slow.example")) {
            slowAsked.countDown();
            try {
                assertTrue(dnsAnswers.await(30, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new UnknownHostException(host);
            }
        }
        byte[][] found = dns.get(host);
        if (found == null) {
            throw new UnknownHostException(host);
        }
        InetAddress[] addresses = new InetAddress[found.length];
        for (int i = 0; i < found.length; i++) {
            addresses[i] = InetAddress.getByAddress(host, found[i]);
        }
        return addresses;
    }

    private Future<IOSession> engine(SocketAddress address, Timeout limit, FutureCallback<IOSession> told) {
        connects.add(address);
        limits.add(limit);
        reactor.execute(() -> {
            IOException failure = failures.get(address);
            if (failure == null) {
                told.completed(null);
            } else {
                told.failed(failure);
            }
        });
        return new BasicFuture<>(null);
    }

    private static InetSocketAddress at(byte[] address) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByAddress(address), 80);
    }

    private CompletableFuture<Thread> connect(String host, Timeout timeout) {
        CompletableFuture<Thread> connected = new CompletableFuture<>();
        connector.connect(new Host(host, 80), null, null, timeout, null, new FutureCallback<>() {
            @Override
            public void completed(IOSession session) {
                connected.complete(Thread.currentThread());
            }

            @Override
            public void failed(Exception cause) {
                connected.completeExceptionally(cause);
            }

            @Override
            public void cancelled() {
                connected.cancel(false);
            }
        });
        return connected;
    }

    private Throwable failure(String host, Timeout timeout) {
        return assertThrows(
                        ExecutionException.class, () -> connect(host, timeout).get(30, TimeUnit.SECONDS))
                .getCause();
    }

    @Test
    void aSlowLookupBlocksNeitherTheCallerNorOthers() throws Exception {
        dns.put("slow.example", new byte[][] {FIRST});
        dns.put("site.example", new byte[][] {SECOND});

        var slow = connect("slow.example", LONG);
        assertTrue(slowAsked.await(30, TimeUnit.SECONDS));

        assertNotEquals(Thread.currentThread(), connect("site.example", LONG).get(30, TimeUnit.SECONDS));
        assertFalse(slow.isDone());
        dnsAnswers.countDown();
        slow.get(30, TimeUnit.SECONDS);
        assertEquals(List.of(at(SECOND), at(FIRST)), connects);
    }

    @Test
    void manyWhoWaitForANameCauseOneLookup() throws Exception {
        dns.put("slow.example", new byte[][] {FIRST});
        var first = connect("slow.example", LONG);
        assertTrue(slowAsked.await(30, TimeUnit.SECONDS));
        var others = java.util.stream.IntStream.range(0, 100)
                .mapToObj(i -> connect("slow.example", LONG))
                .toList();

        dnsAnswers.countDown();

        first.get(30, TimeUnit.SECONDS);
        for (var other : others) {
            other.get(30, TimeUnit.SECONDS);
        }
        assertEquals(1, lookups.get());
    }

    @Test
    void aLookupThatTakesTooLongFailsInTimeAndConnectsNoMore() throws Exception {
        dns.put("slow.example", new byte[][] {FIRST});

        var failure = failure("slow.example", Timeout.ofMilliseconds(50));

        assertEquals("looking its name up took longer than 50 ms", failure.getMessage());
        dnsAnswers.countDown();
        dns.put("site.example", new byte[][] {SECOND});
        connect("site.example", LONG).get(30, TimeUnit.SECONDS);
        assertEquals(List.of(at(SECOND)), connects);
    }

    /** Once nobody was told: with the timer closed too, such a request had no end. */
    @Test
    void whatIsStillBeingTriedFailsWhenItIsClosed() throws Exception {
        dns.put("site.example", new byte[][] {FIRST});
        var slow = connect("slow.example", LONG);
        assertTrue(slowAsked.await(30, TimeUnit.SECONDS));
        timer.shutdownNow();

        connector.close();

        var failure = assertThrows(ExecutionException.class, () -> slow.get(30, TimeUnit.SECONDS));
        assertEquals(
                "the connections to the upstream are closed", failure.getCause().getMessage());
        assertEquals(failure.getCause().getMessage(), failure("10.0.0.1", LONG).getMessage());
        assertEquals(List.of(), connects);
    }

    @Test
    void aNameIsLookedUpForEachConnection() throws Exception {
        dns.put("site.example", new byte[][] {FIRST});
        connect("site.example", LONG).get(30, TimeUnit.SECONDS);
        dns.put("site.example", new byte[][] {SECOND});
        connect("site.example", LONG).get(30, TimeUnit.SECONDS);

        assertEquals(List.of(at(FIRST), at(SECOND)), connects);
    }

    @Test
    void anUnknownNameIsNoRefusal() {
        assertInstanceOf(UnknownHostException.class, failure("site.example", LONG));
    }

    @Test
    void aLiteralAddressIsNotLookedUp() throws Exception {
        connect("10.0.0.1", LONG).get(30, TimeUnit.SECONDS);
        connect("::1", LONG).get(30, TimeUnit.SECONDS);

        assertEquals(0, lookups.get());
        assertEquals(List.of(at(FIRST), new InetSocketAddress("::1", 80)), connects);
    }

    @Test
    void theNextAddressIsTriedWithinTheSameTime() throws Exception {
        dns.put("site.example", new byte[][] {FIRST, SECOND});
        failures.put(at(FIRST), new SocketTimeoutException("x"));

        connect("site.example", LONG).get(30, TimeUnit.SECONDS);

        assertEquals(List.of(at(FIRST), at(SECOND)), connects);
        assertTrue(limits.get(0).toMilliseconds() <= LONG.toMilliseconds() / 2, limits.toString());
    }

    @Test
    void itIsARefusalWhereAllAddressesRefuse() throws Exception {
        dns.put("site.example", new byte[][] {FIRST, SECOND});
        failures.put(at(FIRST), new ConnectException("Connection refused"));
        failures.put(at(SECOND), new ConnectException("Connection refused"));

        assertInstanceOf(ConnectException.class, failure("site.example", LONG));
        assertEquals(List.of(at(FIRST), at(SECOND)), connects);
    }

    @Test
    void itIsNoRefusalWhereOneAddressOnlyDidNotAnswer() throws Exception {
        dns.put("site.example", new byte[][] {FIRST, SECOND});
        for (IOException silence :
                List.of(new SocketTimeoutException("x"), new ConnectException("Connection timed out"))) {
            failures.put(at(FIRST), silence);
            failures.put(at(SECOND), new ConnectException("Connection refused"));

            var failure = failure("site.example", LONG);

            assertFalse(failure instanceof ConnectException, failure.toString());
            assertEquals("connecting took longer than 30000 ms", failure.getMessage());
        }
    }

    @Test
    void aNameInUnicodeIsAskedForAsTheDnsHasIt() throws Exception {
        dns.put("xn--bcher-kva.example", new byte[][] {FIRST});

        connect("xn--bcher-kva.example", LONG).get(30, TimeUnit.SECONDS); // of which HttpCore makes Unicode
    }
}
