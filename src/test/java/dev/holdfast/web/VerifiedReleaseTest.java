package dev.holdfast.web;

import static dev.holdfast.web.AnsweringUpstream.OK;
import static dev.holdfast.web.AnsweringUpstream.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.gate.Closure;
import dev.holdfast.gate.Reason;
import dev.holdfast.it.ReservedPort;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody who was held goes to an upstream that has not answered {@code readyPath} well. */
class VerifiedReleaseTest {
    private static final String GET = "GET /a HTTP/1.1\r\nHost: site\r\n\r\n";

    private volatile String up = OK;
    private ReservedPort port;
    private AnsweringUpstream upstream;
    private TestSite site;

    @BeforeEach
    void reservePort() throws Exception {
        port = new ReservedPort();
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        if (upstream != null) {
            upstream.close();
        }
        port.close();
    }

    @Test
    void theGateStaysClosedUntilTheUpstreamIsReady() throws Exception {
        start();
        site.hold();
        try (Wire client = site.client()) {
            client.send(GET);
            site.awaitHeld(1);
            up = status(503);
            long asked = upstream.asked("/up");

            site.release();

            String address = "http://127.0.0.1:" + upstream.port();
            Until.true_(() ->
                    detail().matches("GET /up of " + address + " answered 503 for [0-9.]+ s, tried [0-9]+ times"));
            assertEquals(List.of(Reason.UPSTREAM), reasons());
            Until.true_(() -> upstream.asked("/up") > asked + 3);
            assertEquals(0, upstream.asked("/a"));

            up = OK;
            assertTrue(client.readResponse().endsWith("ok"));
            assertTrue(site.site().gate().snapshot().isOpen());
        }
    }

    @Test
    void theFirstStartWaitsToo() throws Exception {
        up = status(503);
        start();
        assertEquals(List.of(Reason.UPSTREAM), reasons());
        up = OK;
        Until.true_(() -> !site.site().gate().isShut());
    }

    @Test
    void nobodyAsksWhileTheBalanceFileHolds() throws Exception {
        start();
        site.hold();
        up = status(503);
        site.release();
        Until.true_(() -> detail().contains("answered 503"));

        site.hold();
        Until.true_(() -> reasons().equals(List.of(Reason.BALANCE_FILE)));
        up = OK;
        awaitQuiet();

        assertTrue(site.site().gate().isShut());
        site.release();
        Until.true_(() -> !site.site().gate().isShut());
    }

    /** The answer was on its way when the file was removed; the site that is meant by its return is another one. */
    @Test
    void answerOfBeforeTheHoldCountsNothing() throws Exception {
        start("readyTimeout", "20s");
        site.hold();
        try (ScriptedUpstream slow = new ScriptedUpstream()) {
            site.balance("http://127.0.0.1:" + slow.port());
            try (ScriptedUpstream.Arrived probe = slow.acceptRequest()) {
                Files.delete(site.balanceFile());
                Until.true_(() -> reasons().equals(List.of(Reason.BALANCE_FILE)));
                up = status(503);
                site.release();
                Until.true_(() -> detail().contains("answered 503"));

                probe.connection().send(OK);
                assertEquals("", probe.connection().readHead(), "it has been read");

                Until.true_(() -> upstream.asked("/up") > 5);
                assertEquals(List.of(Reason.UPSTREAM), reasons());
            }
        }
    }

    @Test
    void nobodySlipsThroughBetweenTheTwoReasons() throws Exception {
        start();
        site.hold();
        up = status(503);
        AtomicInteger sent = new AtomicInteger();
        Thread clients = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try (Wire client = site.client()) {
                    client.send(GET);
                    sent.incrementAndGet();
                } catch (java.io.IOException e) {
                    return;
                }
            }
        });
        clients.start();
        for (int flip = 0; flip < 50; flip++) {
            Until.true_(() -> reasons().equals(List.of(Reason.BALANCE_FILE)));
            site.release();
            Until.true_(() -> reasons().equals(List.of(Reason.UPSTREAM)));
            Files.delete(site.balanceFile());
        }
        clients.interrupt();
        clients.join();

        assertTrue(sent.get() > 50, sent::toString);
        assertEquals(0, upstream.asked("/a"));
    }

    @Test
    void severalSuccessesInARowAreAskedFor() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        List<Integer> answers = List.of(200, 204, 503, 200, 200, 200);
        upstream = new AnsweringUpstream(target -> status(answers.get(Math.min(asked.getAndIncrement(), 5))));
        site = TestSite.before(upstream.port(), "readyPath", "/up?a=b", "readyInterval", "10ms", "readySuccesses", "3");

        Until.true_(() -> !site.site().gate().isShut());
        assertEquals(6, upstream.asked("/up?a=b"));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 404, 500, 503})
    void otherAnswersAreNotReady(int status) throws Exception {
        up = status(status);
        start();
        Until.true_(() -> upstream.asked("/up") > 3);
        assertTrue(detail().contains("answered " + status), detail());
        assertTrue(site.site().gate().isShut());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            })
    void answerThatDoesNotEndIsNotReady(String cut) throws Exception {
        up = cut;
        start("readyTimeout", "100ms");
        Until.true_(() -> detail().contains("was not answered within 100 ms"));
        up = OK;
        Until.true_(() -> !site.site().gate().isShut());
    }

    @Test
    void noHttpIsNotReady() throws Exception {
        up = "SSH-2.0-OpenSSH\r\n\r\n";
        start();
        Until.true_(() -> detail().contains("GET /up of") && detail().contains("failed"));
    }

    @Test
    void bigAnswerIsNotReadToItsEnd() throws Exception {
        up = "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + "x".repeat(200_000);
        start();
        Until.true_(() -> !site.site().gate().isShut());
    }

    @Nested
    class WhenTheAddressChanges {
        @Test
        void theNewOneIsAskedAndGetsNobodyBefore() throws Exception {
            start();
            AtomicInteger greenStatus = new AtomicInteger(503);
            try (AnsweringUpstream green = new AnsweringUpstream(target -> status(greenStatus.get()));
                    Wire client = site.client()) {
                site.balance("http://127.0.0.1:" + green.port());
                Until.true_(() -> detail().contains(green.port() + " answered 503"));
                client.send(GET);
                site.awaitHeld(1);

                greenStatus.set(201);

                assertTrue(client.readResponse().startsWith("HTTP/1.1 201 "));
                assertEquals(1, green.asked("/a"));
                assertEquals(0, upstream.asked("/a"));
            }
        }
    }

    @Nested
    class WhenTheUpstreamRefusesConnections {
        @Test
        void itIsSaidAndEverybodyWaitsUntilItIsReady() throws Exception {
            start();
            upstream.close();
            try (Wire client = site.client()) {
                client.send(GET);
                site.awaitHeld(1);
                Until.true_(() -> detail().matches("http://127.0.0.1:" + port.number()
                        + " refuses connections for [0-9.]+ s, tried [0-9]+ times"));
                up = status(503);
                upstream = new AnsweringUpstream(port.number(), this::answer);
                Until.true_(() -> detail().contains("answered 503"));
                up = OK;
                assertTrue(client.readResponse().endsWith("ok"));
            }
        }

        @Test
        void withoutAPathTheConnectionIsEnough() throws Exception {
            site = TestSite.before(port.number());
            try (Wire client = site.client();
                    LogLines log = new LogLines()) {
                client.send(GET);
                site.awaitHeld(1);
                Until.true_(() -> detail().matches(".* refuses connections for [0-9.]+ s, tried [0-9]+ times"));

                upstream = new AnsweringUpstream(port.number(), this::answer);

                assertTrue(client.readResponse().endsWith("ok"));
                assertEquals(1, log.count("holding: http://127.0.0.1:" + port.number() + " refuses connections"));
                assertEquals(1, log.count("ready: http://127.0.0.1:" + port.number() + " takes connections after"));
            }
        }

        @Test
        void theBalanceFileTakesOver() throws Exception {
            site = TestSite.before(port.number());
            try (Wire client = site.client()) {
                client.send(GET);
                site.awaitHeld(1);
                Files.delete(site.balanceFile());
                Until.true_(() -> reasons().equals(List.of(Reason.BALANCE_FILE)));
                upstream = new AnsweringUpstream(port.number(), this::answer);
                awaitQuiet();
                assertTrue(site.site().gate().isShut());

                site.release();

                assertTrue(client.readResponse().endsWith("ok"));
            }
        }

        private String answer(String target) {
            return target.equals("/up") ? up : OK;
        }
    }

    @Test
    void readinessThatNeverComesEndsWithMaxHoldAndOpensWhenItComesAfterAll() throws Exception {
        start("maxHold", "300ms");
        site.hold();
        up = status(503);
        try (Wire client = site.client();
                Wire later = site.client()) {
            client.send(GET);
            site.awaitHeld(1);
            site.release();
            String answer = client.readResponse();
            assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
            assertTrue(answer.contains("\r\nRetry-After: "), answer);
            assertEquals(0, upstream.asked("/a"));

            up = OK;
            Until.true_(() -> !site.site().gate().isShut());
            later.send(GET);
            assertTrue(later.readResponse().endsWith("ok"));
        }
    }

    private void start(String... more) throws Exception {
        upstream = new AnsweringUpstream(port.number(), target -> target.equals("/up") ? up : OK);
        String[] settings = new String[more.length + 4];
        System.arraycopy(new String[] {"readyPath", "/up", "readyInterval", "10ms"}, 0, settings, 0, 4);
        System.arraycopy(more, 0, settings, 4, more.length);
        site = TestSite.before(upstream.port(), settings);
        if (up.equals(OK)) {
            Until.true_(() -> !site.site().gate().isShut());
        }
    }

    /** Returns when a look that had begun is over, and none has followed for many intervals. */
    private void awaitQuiet() {
        int[] before = {-1};
        Until.quiet(() -> {
            int now = upstream.targets().size();
            boolean same = now == before[0];
            before[0] = now;
            return same;
        });
        assertFalse(site.site().gate().snapshot().isOpen());
    }

    private List<Reason> reasons() {
        return site.site().gate().snapshot().closures().stream()
                .map(Closure::reason)
                .toList();
    }

    private String detail() {
        return site.site().gate().snapshot().closures().stream()
                .filter(closure -> closure.reason() == Reason.UPSTREAM)
                .map(Closure::detail)
                .findAny()
                .orElse("");
    }
}
