package dev.holdfast.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.UpstreamAddress;
import dev.holdfast.gate.HoldReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The balance file is a key of a ConfigMap that Kubernetes has mounted. Prints how long the gate takes to follow. */
class ConfigMapTest {
    private static final int SWAPS = 300;

    @TempDir
    Path directory;

    private ConfigMapVolume volume;
    private BalanceSite site;

    @BeforeEach
    void mount() throws IOException {
        volume = new ConfigMapVolume(directory);
        volume.put("other", "something");
        site = new BalanceSite(directory);
    }

    @AfterEach
    void closeSite() {
        site.close();
    }

    @Test
    void gateShutsWhenTheKeyIsRemovedAndOpensWhenItIsAdded() throws IOException {
        site.pollInterval = BalanceSite.NEVER;
        site.start();
        assertFalse(site.isOpen());

        follow("with the watch", 50);
    }

    @Test
    void opensAlsoWhereTheLinkIsMadeBeforeThatToWhichItLeads() throws IOException {
        volume.linksFirst = true;
        site.pollInterval = BalanceSite.NEVER;
        site.start();

        follow("with the watch, link first", 50);
    }

    @Test
    void pollSeesTheSameWithoutTheWatch() throws IOException {
        site.watch = false;
        site.start();

        follow("by the poll alone", 2);
    }

    @Test
    void gateStaysOpenWhileOtherKeysAreWritten() throws IOException {
        site.pollInterval = BalanceSite.NEVER;
        volume.put("balance", "http://10.0.0.7:2000");
        site.start();
        Queue<HoldReport> holds = new ConcurrentLinkedQueue<>();
        site.gate.onReport(holds::add);

        for (int i = 0; i < SWAPS; i++) {
            Instant before = Instant.now();
            volume.put("other", "something else " + i);
            BalanceSite.await().until(() -> site.snapshot().looked().isAfter(before));
        }

        assertTrue(site.isOpen());
        assertEquals(List.of(), List.copyOf(holds));
        assertEquals(List.of(address("http://10.0.0.7:2000")), site.upstreams);
    }

    @Test
    void requestsGoToEachAddressThatIsWrittenAndToNoneThatIsReadInHalf() throws IOException {
        site.pollInterval = BalanceSite.NEVER;
        String host = "http://" + "site.".repeat(30) + "example:";
        volume.put("balance", host + 1000);
        site.start();
        List<Optional<UpstreamAddress>> written = new ArrayList<>(site.upstreams);

        for (int i = 1; i <= SWAPS; i++) {
            written.add(address(host + (1000 + i)));
            volume.put("balance", host + (1000 + i));
            if (i % 10 == 0) {
                BalanceSite.await().until(() -> site.upstreams.contains(written.get(written.size() - 1)));
            }
        }

        assertTrue(site.isOpen());
        assertEquals(written.stream().filter(site.upstreams::contains).toList(), List.copyOf(site.upstreams));
    }

    @Test
    void fileIsNotAbsentInTheMomentInWhichItIsSwapped() throws Exception {
        volume.put("balance", "http://10.0.0.7:2000");
        BalanceFile file = new BalanceFile(directory.resolve("balance"));
        AtomicBoolean swapped = new AtomicBoolean();
        AtomicInteger looks = new AtomicInteger();
        FutureTask<Set<BalanceReading>> looking = new FutureTask<>(() -> {
            Set<BalanceReading> seen = new HashSet<>();
            while (!swapped.get()) {
                seen.add(file.look().reading());
                looks.incrementAndGet();
            }
            return seen;
        });

        new Thread(looking).start();
        for (int i = 0; i < 5 * SWAPS; i++) {
            volume.put("other", "something else " + i);
            int before = looks.get();
            while (looks.get() == before && !looking.isDone()) { // the kubelet never swaps twice during one look
                Thread.onSpinWait();
            }
        }
        swapped.set(true);

        assertEquals(Set.of(new BalanceReading.Forward(address("http://10.0.0.7:2000"))), looking.get());
    }

    private void follow(String how, int times) throws IOException {
        long[] open = new long[times];
        long[] shut = new long[times];
        for (int i = 0; i < times; i++) {
            volume.put("balance", "");
            open[i] = nanosUntil(site::isOpen);
            volume.remove("balance");
            shut[i] = nanosUntil(site.gate::isShut);
        }
        assertEquals(
                Stream.generate(Optional::<UpstreamAddress>empty).limit(times).toList(), site.upstreams);
        print("added to gate open " + how, open);
        print("removed to gate shut " + how, shut);
    }

    private static Optional<UpstreamAddress> address(String text) {
        return Optional.of(UpstreamAddress.parse(text));
    }

    /** From the end of what the kubelet does. */
    private static long nanosUntil(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - start < Duration.ofSeconds(5).toNanos(), "nothing happens");
            Thread.onSpinWait();
        }
        return System.nanoTime() - start;
    }

    private static void print(String what, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "From the key of a ConfigMap %s, %d times: median %.1f ms, longest %.1f ms%n",
                what,
                nanos.length,
                nanos[nanos.length / 2] / 1e6,
                nanos[nanos.length - 1] / 1e6);
    }
}
