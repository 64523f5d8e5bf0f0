package dev.holdfast.cluster.model;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.cluster.model.Bounds.Away;
import dev.holdfast.cluster.model.Explorer.Found;
import java.util.Locale;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Looks at all that can happen in small fleets. Prints how much that is. */
class FleetModelTest {
    private static final Bounds KEEP = Bounds.of(Away.KEEP, 1);
    private static final Bounds HOLD = Bounds.of(Away.HOLD, 1).maxAge(1);

    @Nested
    class NeverSaysDrainedWhileANodeCanForward {
        @Test
        void whereANodeKeepsWhatItKnew() {
            assertHolds(
                    "keep, one node, many flips",
                    KEEP.requests(2).lastVersion(5).crashes(2));
        }

        @Test
        void whereOneOfTwoJoinsMeanwhile() {
            assertHolds("keep, two nodes", Bounds.of(Away.KEEP, 2).joining(1));
        }

        @Test
        void whereThereAreThree() {
            assertHolds("keep, three nodes", Bounds.of(Away.KEEP, 3).requests(0).withoutLosses());
        }

        /** It answers reads, and sync too, as it knew it, and may be the last to know of a release. */
        @Test
        void whereAServerIsCutOffThatTheCommandAsks() {
            assertHolds("keep, a server cut off", KEEP.joining(1).lastVersion(5).withServerCutOff());
        }

        /** Also of a leader that is none any more, and does not know it. */
        @Test
        void whereANodeKeepsWhatItKnewAndReadsWhatIsOutOfDate() {
            assertHolds(
                    "keep, old reads",
                    KEEP.requests(2).lastVersion(5).crashes(1).without(Rule.READ_AT_HEAD));
        }

        /** A node may be asleep for as long as it likes: nobody is asked to have a session for that. */
        @Test
        void whereANodeHoldsOnceItsKnowledgeIsTooOld() {
            assertHolds("hold, one node", HOLD.maxAge(2).crashes(1));
            assertHolds("hold, one node, many flips", HOLD.lastVersion(5).crashes(1));
        }

        @Test
        void whereTwoHoldOnceTheirKnowledgeIsTooOld() {
            assertHolds(
                    "hold, two nodes",
                    Bounds.of(Away.HOLD, 2).requests(0).lastVersion(2).maxAge(1));
        }
    }

    /** Though nothing is promised then: the ensemble is there, and so the node does not forward what it has slept with. */
    @Test
    void nodeThatKeepsWhatItKnewForwardsNothingAfterASleepUntilItHasAsked() {
        assertHolds("keep, asleep", KEEP.requests(2).maxAge(1).withoutLosses());
        assertBreaks(KEEP.maxAge(1).withoutLosses().without(Rule.ASK_AGE));
        assertBreaks(KEEP.maxAge(1).withoutLosses().without(Rule.ASK_AGE_AGAIN));
    }

    /** Each rule taken out makes a fleet that upgrades under its users' requests, or one that lets them wait for ever. */
    @ParameterizedTest
    @EnumSource
    void needsEachRule(Rule rule) {
        switch (rule) {
            case CLOSE_BEFORE_REPORT, COUNT_IN_FLIGHT, LOOK_AGAIN, REMEMBER_KNOWN, STAY_ON_LOSS ->
                assertBreaks(KEEP.without(rule));
            case ASK_MAJORITY -> assertBreaks(KEEP.withServerCutOff().without(rule));
            case LOOK_WITH_VERSION -> {
                assertBreaks(KEEP.joining(1).withServerCutOff().without(rule));
                assertBreaks(HOLD.lastVersion(5).without(rule));
            }
            case TRUST_OPERATOR -> assertBreaks(KEEP.without(rule));
            case FORGET_WHO_WAS_SEEN ->
                assertBreaks(KEEP.crashes(1).lastVersion(5).without(rule));
            case COMPARE_VERSIONS -> assertBreaks(KEEP.lastVersion(5).without(rule));
            case REGISTER_BEFORE_READ -> assertBreaks(KEEP.joining(1).without(rule));
            case START_CLOSED, STAY_CLOSED, FORGET_AFTER_DRAIN ->
                assertBreaks(KEEP.crashes(1).without(rule));
            case REGISTER_AGAIN ->
                assertNotNull(print("without " + rule, KEEP.without(rule)).stuck());
            // The last of these is the one that no program keeps: between its last look at the clock and the first byte
            // it may
            // be stopped. All that is left to be done is to let nothing else happen between the two.
            case READ_AT_HEAD,
                    ASK_AGE,
                    ASK_AGE_AGAIN,
                    TRUST_FORWARD_ONLY,
                    TRUST_ANSWERS_ONLY,
                    WAIT_OUT_KNOWLEDGE,
                    COUNT_WHO_LIVES,
                    ASK_AND_SEND_AT_ONCE -> assertBreaks(HOLD.without(rule));
        }
    }

    private static void assertHolds(String what, Bounds bounds) {
        Found found = print(what, bounds);

        assertNull(found.broken(), found::toString);
        assertNull(found.stuck(), found::toString);
        assertTrue(found.drained() > 0, "never drained");
    }

    private static void assertBreaks(Bounds bounds) {
        assertNotNull(print("without " + bounds.without(), bounds).broken());
    }

    private static Found print(String what, Bounds bounds) {
        long start = System.nanoTime();
        Found found = Explorer.explore(bounds);
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(Locale.ROOT, "Model of the fleet, %s: %s; %.1f s%n", what, found.summary(), seconds);
        return found;
    }
}
