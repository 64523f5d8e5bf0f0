package dev.holdfast.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When the site is said to be idle. */
class GateDrainTest {
    @RegisterExtension
    final LogCapture log = new LogCapture();

    private final GateUnderTest site = new GateUnderTest();
    private final Gate gate = site.gate;
    private int drained;

    @BeforeEach
    void listen() {
        gate.onDrained(() -> drained++);
    }

    @Test
    void idleGateIsDrainedAsSoonAsItIsClosed() {
        site.close();

        assertDrained(1);
    }

    @Test
    void isDrainedWhenTheLastOneInFlightEnds() {
        Visitor a = site.arrive();
        Visitor b = site.arrive();
        site.close();
        assertNotDrained(0);

        site.end(b);
        assertNotDrained(0);

        site.end(a);
        assertDrained(1);
    }

    @Test
    void thoseWhoWaitDoNotDelayIt() {
        Visitor passed = site.arrive();
        site.close();
        site.arrive();

        site.end(passed);

        assertDrained(1);
        assertEquals(1, site.snapshot().held());
    }

    @Test
    void openGateIsNeverDrained() {
        site.end(site.arrive());

        assertNotDrained(0);
    }

    @Test
    void answerThatHasNotEndedIsInFlight() {
        Visitor passed = site.arrive();
        site.close();

        passed.passage.answered();

        assertNotDrained(0);
    }

    @Test
    void openStreamsDoNotDelayIt() {
        Visitor stream = site.arrive();
        stream.passage.becomeStream();
        Visitor passed = site.arrive();
        site.close();
        assertNotDrained(0);

        site.end(passed);
        assertDrained(1);
        assertEquals(1, site.snapshot().streams());

        site.end(stream);
        assertDrained(1);
        assertEquals(0, site.snapshot().streams());
    }

    @Test
    void lastOneMayBecomeAStream() {
        Visitor passed = site.arrive();
        site.close();

        passed.passage.becomeStream();

        assertDrained(1);
    }

    @Test
    void releasedOneOnItsWayIsInFlight() {
        site.close();
        Visitor released = site.arrive();
        site.open();

        site.close();
        assertNotDrained(1);

        site.holdAgain(released);
        assertDrained(2);
    }

    @Test
    void oneThatPassedAndIsHeldAgainIsInFlightNoMore() {
        Visitor passed = site.arrive();
        site.close();

        site.holdAgain(passed);

        assertDrained(1);
    }

    @Test
    void oneThatIsHeldAgainNeedNotBeTheLast() {
        Visitor passed = site.arrive();
        site.arrive();
        site.close();

        site.holdAgain(passed);

        assertNotDrained(0);
    }

    @Test
    void isToldEachTime() {
        site.close();
        site.open();
        Visitor passed = site.arrive();
        site.close();
        assertNotDrained(1);

        site.end(passed);

        assertDrained(2);
    }

    @Test
    void openingDuringTheDrainLetsPassAtOnce() {
        Visitor passed = site.arrive();
        site.close();
        site.open();

        assertNull(site.arrive().held);
        site.end(passed);
        assertNotDrained(0);
    }

    @Test
    void refusingGateDrainsToo() {
        Visitor passed = site.arrive();
        site.refuse("Back on Monday.");
        assertNotDrained(0);

        site.end(passed);

        assertDrained(1);
    }

    private void assertDrained(int told) {
        assertTrue(gate.isDrained());
        assertTrue(site.snapshot().isDrained());
        assertEquals(told, drained, "told");
    }

    private void assertNotDrained(int told) {
        assertFalse(gate.isDrained());
        assertFalse(site.snapshot().isDrained());
        assertEquals(told, drained, "told");
    }
}
