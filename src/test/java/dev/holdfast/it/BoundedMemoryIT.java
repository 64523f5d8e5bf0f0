package dev.holdfast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.it.ClientConnection.Answer;
import dev.holdfast.it.ClientConnection.Framing;
import dev.holdfast.it.ClientConnection.Head;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bodies of 1 GB through a heap of 128 MB: what one side does not take must stop the other from sending. */
@Timeout(180)
class BoundedMemoryIT {
    private static final long GIGABYTE = 1L << 30;
    private static final int TENTH_OF_MEGABYTE = (1 << 20) / 10;
    private static final int SLOW_SECONDS = 15;
    /** The heap and as much again for what a JVM needs besides; far from a gigabyte. */
    private static final long MOST_RESIDENT_BYTES = 420L << 20;

    @TempDir
    Path directory;

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    private SiteProcess site;
    private HoldfastProcess holdfast;

    @BeforeEach
    void start() throws IOException {
        site = SiteProcess.start(Files.createDirectory(directory.resolve("site")));
        holdfast = HoldfastProcess.start(directory, site.port(), List.of("-Xmx128m"));
    }

    @AfterEach
    void stop() throws IOException {
        holdfast.close();
        site.close();
        clients.shutdownNow();
        pace.shutdownNow();
    }

    @Test
    void downWithClientsThatReadSlowly() throws Exception {
        Future<Answer> sized = clients.submit(() -> download("/exchange?number=1&size=" + GIGABYTE));
        Future<Answer> chunked = clients.submit(() -> download("/exchange?number=2&chunked&size=" + GIGABYTE));

        assertEquals(new TestBody(1, GIGABYTE).sum(), sized.get().body());
        assertEquals(new TestBody(2, GIGABYTE).sum(), chunked.get().body());
        assertEquals("chunked", chunked.get().headers().get("transfer-encoding"));
        assertMemoryWasBounded("1 GB down twice, slowly for " + SLOW_SECONDS + " s");
    }

    @Test
    void up() throws Exception {
        Future<Answer> sized = clients.submit(upload(3, Framing.CONTENT_LENGTH));
        Future<Answer> chunked = clients.submit(upload(4, Framing.CHUNKED));

        assertReceived(new TestBody(3, GIGABYTE).sum(), sized.get());
        assertReceived(new TestBody(4, GIGABYTE).sum(), chunked.get());
        assertMemoryWasBounded("1 GB up twice");
    }

    /** Reads 1 MB/s for some seconds, then as fast as it can. */
    private Answer download(String target) throws IOException, InterruptedException {
        Semaphore mayRead = new Semaphore(0);
        try (ClientConnection client = new ClientConnection(holdfast.port())) {
            client.get(target);
            Head head = client.receiveHead();
            var ticks = pace.scheduleAtFixedRate(mayRead::release, 0, 100, TimeUnit.MILLISECONDS);
            PacedInput paced = new PacedInput(head.body(), mayRead, SLOW_SECONDS * 10);
            TestBody.Sum sum = TestBody.sum(paced);
            ticks.cancel(false);
            return new Answer(head.status(), head.headers(), sum);
        }
    }

    private Callable<Answer> upload(long number, Framing framing) {
        return () -> {
            try (ClientConnection client = new ClientConnection(holdfast.port())) {
                client.post("/exchange?size=1&number=" + number, new TestBody(number, GIGABYTE), framing);
                return client.receive();
            }
        };
    }

    private static void assertReceived(TestBody.Sum expected, Answer answer) {
        assertEquals(200, answer.status());
        assertEquals(Long.toString(expected.length()), answer.headers().get("x-received-length"));
        assertEquals(Long.toString(expected.crc()), answer.headers().get("x-received-crc"));
    }

    private void assertMemoryWasBounded(String what) throws IOException, InterruptedException {
        long peak = holdfast.figures().peakResidentBytes();
        long live = holdfast.figures().liveHeap().bytes();
        System.out.printf(
                "Bounded memory, %s: peak of resident memory %d MB, live heap afterwards %d MB%n",
                what, peak >> 20, live >> 20);
        assertTrue(peak < MOST_RESIDENT_BYTES, peak + " bytes resident");
        assertTrue(
                !holdfast.process().output().contains("OutOfMemoryError"),
                holdfast.process().output());
    }

    /** Gives a tenth of a megabyte for each permit, as long as there are ticks to wait for; then all there is. */
    private static final class PacedInput extends InputStream {
        private final InputStream in;
        private final Semaphore mayRead;
        private int ticksLeft;
        private int allowance;

        PacedInput(InputStream in, Semaphore mayRead, int ticks) {
            this.in = in;
            this.mayRead = mayRead;
            this.ticksLeft = ticks;
        }

        @Override
        public int read(byte[] buffer, int offset, int count) throws IOException {
            if (ticksLeft == 0) {
                return in.read(buffer, offset, count);
            }
            if (allowance == 0) {
                mayRead.acquireUninterruptibly();
                ticksLeft--;
                allowance = TENTH_OF_MEGABYTE;
            }
            int n = in.read(buffer, offset, Math.min(count, allowance));
            allowance -= Math.max(n, 0);
            return n;
        }

        @Override
        public int read() throws IOException {
            throw new UnsupportedOperationException("read in pieces");
        }
    }
}
