package dev.holdfast.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class WaitingLineTest {
    /** Arrivals on both sides of the clock's wrap around. */
    private static final long NOON = Long.MAX_VALUE;

    private final WaitingLine line = new WaitingLine();

    @Test
    void newcomersStandInTheOrderOfTheirArrivalEvenWhereTheyRacedToTheLine() {
        HeldRequest first = join(NOON);
        HeldRequest third = join(NOON + 2);
        HeldRequest second = join(NOON + 1);
        HeldRequest zeroth = join(NOON - 1);

        assertLine(zeroth, first, second, third);
    }

    @Test
    void ofTwoThatArrivedTogetherTheOneThatIsBackStandsBeforeAndTheNewcomerBehind() {
        HeldRequest there = join(NOON);
        HeldRequest newcomer = join(NOON);
        HeldRequest back = rejoin(NOON);

        assertLine(back, there, newcomer);
    }

    @Test
    void oneThatIsBackStandsWhereItStood() {
        HeldRequest first = join(NOON);
        HeldRequest third = join(NOON + 2);

        HeldRequest second = rejoin(NOON + 1);
        HeldRequest fourth = rejoin(NOON + 3);
        HeldRequest zeroth = rejoin(NOON - 1);

        assertLine(zeroth, first, second, third, fourth);
    }

    @Nested
    class LeavesFrom {
        private final HeldRequest first = join(NOON);
        private final HeldRequest second = join(NOON + 1);
        private final HeldRequest third = join(NOON + 2);

        @Test
        void theHead() {
            line.remove(first);

            assertLine(second, third);
        }

        @Test
        void theMiddle() {
            line.remove(second);

            assertLine(first, third);
        }

        @Test
        void theEnd() {
            line.remove(third);

            assertLine(first, second);
            assertLine(first, second, join(NOON + 3));
        }

        @Test
        void anywhereUntilNobodyIsLeft() {
            line.remove(second);
            line.remove(third);
            line.remove(first);

            assertLine();
            assertNull(line.first());
            assertLine(join(NOON));
        }
    }

    private HeldRequest join(long arrivalNanos) {
        HeldRequest request = new HeldRequest(null, null, arrivalNanos, null, null, Impatient.PATIENT);
        line.join(request);
        return request;
    }

    private HeldRequest rejoin(long arrivalNanos) {
        HeldRequest request = new HeldRequest(null, null, arrivalNanos, null, null, Impatient.PATIENT);
        line.rejoin(request);
        return request;
    }

    private void assertLine(HeldRequest... expected) {
        assertEquals(
                List.of(expected),
                Stream.iterate(line.first(), Objects::nonNull, each -> each.after)
                        .toList());
        assertEquals(expected.length, line.size());
        for (int i = expected.length - 1; i > 0; i--) {
            assertEquals(expected[i - 1], expected[i].before, "backwards");
        }
        if (expected.length > 0) {
            assertEquals(expected[0], line.first());
            assertNull(expected[0].before);
        }
    }
}
