package dev.holdfast.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.HoldSettings;
import dev.holdfast.config.ReleaseSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Who is in flight, and what is shown of them. */
class InFlightTest {
    private final ManualGateThread thread = new ManualGateThread();
    private final Gate gate = new Gate(
            "site",
            new HoldSettings(
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(10),
                    1000,
                    0,
                    new ReleaseSettings(64, false, Duration.ZERO)),
            thread,
            thread);

    private record Someone(String method, String target) implements Traveller {}

    private Passage pass(String method, String target) {
        Passage passage = gate.tryPass(gate.now());
        assertNotNull(passage);
        passage.listAs(new Someone(method, target));
        return passage;
    }

    private List<String> listed() {
        return gate.oldestInFlight(10).stream().map(InFlightRequest::path).toList();
    }

    @Test
    void theOldestComeFirstWithMethodAndAge() {
        pass("GET", "/a");
        thread.elapse(Duration.ofSeconds(2));
        pass("POST", "/b");
        thread.elapse(Duration.ofSeconds(1));
        pass("PUT", "/c");

        assertEquals(
                List.of(
                        new InFlightRequest("GET", "/a", Duration.ofSeconds(3)),
                        new InFlightRequest("POST", "/b", Duration.ofSeconds(1))),
                gate.oldestInFlight(2));
    }

    @Test
    void whoeverEndsIsNotListedAnyMore() {
        Passage a = pass("GET", "/a");
        Passage b = pass("GET", "/b");

        a.end();
        a.end();

        assertEquals(List.of("/b"), listed());
        b.end();
        assertEquals(List.of(), listed());
    }

    @Test
    void aStreamIsNotListed() {
        Passage stream = pass("GET", "/events");

        stream.becomeStream();
        assertEquals(List.of(), listed());

        Passage next = pass("GET", "/next");
        stream.end();
        assertEquals(List.of("/next"), listed());
        next.end();
    }

    @Test
    void theTimeThatARequestWasHeldIsNotPartOfItsAge() {
        AtomicReference<Passage> released = new AtomicReference<>();
        Passage first = pass("GET", "/first");
        gate.close(Reason.UPSTREAM, "down");
        thread.elapse(Duration.ofSeconds(5));

        gate.holdAgain(first, new Goer(released::set), "client", null);
        assertEquals(List.of(), listed(), "held again");
        thread.elapse(Duration.ofSeconds(5));
        gate.open(Reason.UPSTREAM);
        thread.runAll();
        assertTrue(released.get().mayGoOn());
        released.get().listAs(new Someone("GET", "/first"));
        thread.elapse(Duration.ofSeconds(1));

        assertEquals(List.of(new InFlightRequest("GET", "/first", Duration.ofSeconds(1))), gate.oldestInFlight(10));
        released.get().end();
        assertEquals(List.of(), listed());
    }

    @Test
    void aCrowdCrowdsNobodyOutWhoWasThereBefore() {
        Passage stuck = pass("GET", "/stuck");
        List<Passage> crowd = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            thread.oversleep(Duration.ofNanos(1 + i % 1000));
            crowd.add(pass("GET", "/crowd"));
        }

        assertEquals("/stuck", listed().get(0));
        assertEquals(10_001, gate.snapshot().inFlight());

        crowd.forEach(Passage::end);
        assertEquals(List.of("/stuck"), listed());
        stuck.end();
    }

    @Test
    void nobodyIsLostOrLeftBehindWhereManyComeAndGoAtATime() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Passage stuck = pass("GET", "/stuck");
            thread.oversleep(Duration.ofNanos(1)); // or it is as old as the others, and any of them may be named
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                all.add(threads.submit(() -> {
                    for (int i = 0; i < 50_000; i++) {
                        Passage one = pass("GET", "/one");
                        Passage other = pass("GET", "/other");
                        one.end();
                        other.becomeStream();
                        other.end();
                    }
                }));
            }
            for (Future<?> each : all) {
                while (!each.isDone()) {
                    assertEquals("/stuck", gate.oldestInFlight(1).get(0).path());
                }
                each.get();
            }

            assertEquals(List.of("/stuck"), listed());
            stuck.end();
        } finally {
            threads.shutdownNow();
        }
    }

    @Nested
    class WhatIsShown {
        private InFlightRequest shown(String method, String target) {
            return InFlightRequest.of(new Someone(method, target), Duration.ZERO);
        }

        @Test
        void noQueryAndNoPathParameters() {
            assertEquals(
                    "/a/b",
                    shown("GET", "/a;jsessionid=4711/b;x=1?token=secret").path());
            assertEquals("/a", shown("GET", "/a?b;c").path());
        }

        @Test
        void nothingThatForgesALineOrSteersATerminal() {
            assertEquals(
                    "/a%0Ab%1B[31m%20%7F%E9%u2028",
                    shown("GET", "/a\nb\u001b[31m \u007f\u00e9\u2028").path());
            assertEquals("G%0DT", shown("G\rT", "/").method());
        }

        @Test
        void whatIsLongIsCut() {
            InFlightRequest shown = shown("M".repeat(1000), "/" + "p".repeat(100_000));

            assertEquals("M".repeat(20) + "...", shown.method());
            assertEquals("/" + "p".repeat(119) + "...", shown.path());
            assertFalse(shown("GET", "/" + "p".repeat(119)).path().endsWith("..."));
        }
    }
}
