package dev.holdfast.web;

import static dev.holdfast.web.AnsweringUpstream.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Order and pace of a release as the upstream sees them. */
class ReleaseOrderTest {
    private final List<Wire> clients = new ArrayList<>();
    private AnsweringUpstream upstream;
    private TestSite site;

    @AfterEach
    void stop() throws Exception {
        for (Wire client : clients) {
            client.close();
        }
        site.close();
        upstream.close();
    }

    @Test
    void oneAtATimeAThousandComeInTheirOrderAndNewcomersAfterThem() throws Exception {
        start(target -> OK, "releaseConcurrency", "1", "maxHold", "5m");
        site.hold();
        send(1, 1000);

        site.release();
        Until.true_(() -> upstream.targets().size() > 10);
        int newcomers = 200;
        for (int number = 1001; number <= 1000 + newcomers; number++) {
            send(number);
        }

        assertAllAnswered();
        List<Integer> numbers = numbers();
        assertEquals(IntStream.rangeClosed(1, 1000).boxed().toList(), numbers.subList(0, 1000));
        assertEquals(1000 + newcomers, numbers.size());
        assertEquals(1, mostUnansweredOfHeld.get());
    }

    /** Once awaited with a pause only, in which twenty were not always there: nothing but their number may let them go. */
    @Test
    void aLimitOfTwentyIsReachedAndNeverExceeded() throws Exception {
        CyclicBarrier twenty = new CyclicBarrier(20);
        start(
                target -> {
                    twenty.await(30, TimeUnit.SECONDS);
                    Thread.sleep(5); // in which one too many would be seen
                    return OK;
                },
                "releaseConcurrency",
                "20",
                "releaseCanary",
                "false",
                "maxHold",
                "5m");
        site.hold();
        send(1, 1000);

        site.release();

        assertAllAnswered();
        assertEquals(1000, upstream.targets().size());
        assertEquals(20, upstream.mostUnanswered());
    }

    @Test
    void clientsThatLeftAndRequestsThatExpiredUseNoSlot() throws Exception {
        start(target -> OK, "releaseConcurrency", "1", "maxHold", "3s");
        site.hold();
        send(1, 10);
        Until.true_(() -> site.site().gate().snapshot().counts().expired() == 10);
        send(11, 20);
        site.awaitHeld(10);
        for (int left = 10; left < 20; left += 2) {
            clients.get(left).reset();
        }

        site.release();

        for (int there = 11; there < 20; there += 2) {
            assertTrue(clients.get(there).readResponse().endsWith("ok"));
        }
        assertEquals(List.of(12, 14, 16, 18, 20), numbers());
        assertEquals(5, site.site().gate().snapshot().counts().abandoned());
    }

    @Test
    void aReleaseDuringTheDrainAndAHoldDuringTheReleaseHurtNobody() throws Exception {
        AtomicInteger answers = new AtomicInteger();
        start(
                target -> {
                    Thread.sleep(2);
                    answers.incrementAndGet();
                    return OK;
                },
                "releaseConcurrency",
                "2",
                "maxHold",
                "5m");
        Random random = new Random(1);
        for (int number = 1; number <= 300; number++) {
            send(number);
            if (random.nextInt(3) == 0) {
                flip();
            }
        }
        if (Files.notExists(site.balanceFile())) {
            site.release();
        }

        assertAllAnswered();
        assertEquals(
                IntStream.rangeClosed(1, 300).boxed().toList(),
                numbers().stream().sorted().toList());
        assertEquals(300, answers.get());
    }

    private final AtomicInteger mostUnansweredOfHeld = new AtomicInteger();

    private void start(AnsweringUpstream.Script script, String... settings) throws Exception {
        AtomicInteger unanswered = new AtomicInteger();
        upstream = new AnsweringUpstream(target -> {
            int now = unanswered.incrementAndGet();
            if (Integer.parseInt(target.substring(1)) <= 1000) {
                mostUnansweredOfHeld.accumulateAndGet(now, Math::max);
            }
            String answer = script.answer(target);
            unanswered.decrementAndGet();
            return answer;
        });
        site = TestSite.before(upstream.port(), settings);
    }

    private void flip() throws IOException {
        try {
            Files.delete(site.balanceFile());
        } catch (NoSuchFileException held) {
            site.release();
        }
    }

    private void send(int from, int to) throws IOException {
        for (int number = from; number <= to; number++) {
            send(number);
            site.awaitHeld(number - from + 1);
        }
    }

    private void send(int number) throws IOException {
        Wire client = site.client();
        clients.add(client);
        client.send("GET /" + number + " HTTP/1.1\r\nHost: site\r\n\r\n");
    }

    private void assertAllAnswered() throws IOException {
        for (Wire client : clients) {
            String answer = client.readResponse();
            assertTrue(answer.startsWith("HTTP/1.1 200 ") && answer.endsWith("ok"), answer);
        }
    }

    private List<Integer> numbers() {
        return upstream.targets().stream()
                .map(target -> Integer.parseInt(target.substring(1)))
                .toList();
    }
}
