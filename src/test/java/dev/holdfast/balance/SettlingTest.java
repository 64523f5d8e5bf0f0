package dev.holdfast.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.balance.BalanceReading.Absent;
import dev.holdfast.balance.BalanceReading.Forward;
import dev.holdfast.balance.Disk.Look;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SettlingTest {
    private final Settling settling = new Settling(Duration.ofNanos(5));

    @Test
    void believesAFileThatLooksTheSameForLongEnough() {
        assertEquals(5, settling.remainingNanos(empty(1), 100));
        assertEquals(1, settling.remainingNanos(empty(1), 104));
        assertEquals(0, settling.remainingNanos(empty(1), 105));
        assertEquals(0, settling.remainingNanos(empty(1), 1_000));
    }

    @Test
    void beginsAnewWhenTheFileChanges() {
        settling.remainingNanos(empty(1), 100);

        assertEquals(5, settling.remainingNanos(empty(2), 104));
        assertEquals(4, settling.remainingNanos(empty(2), 105));
        assertEquals(0, settling.remainingNanos(empty(2), 109));
    }

    @Test
    void beginsAnewWhenTheFileWasAbsentInBetween() {
        settling.remainingNanos(empty(1), 100);
        settling.remainingNanos(Look.at(new Absent()), 103);

        assertEquals(5, settling.remainingNanos(empty(1), 106));
    }

    @Test
    void believesAtOnceThatAFileIsAbsent() {
        settling.remainingNanos(empty(1), 100);

        assertEquals(0, settling.remainingNanos(Look.at(new Absent()), 101));
    }

    @Test
    void takesAClockThatWrapsAround() {
        settling.remainingNanos(empty(1), Long.MAX_VALUE - 1);

        assertEquals(2, settling.remainingNanos(empty(1), Long.MIN_VALUE + 1));
        assertEquals(0, settling.remainingNanos(empty(1), Long.MIN_VALUE + 3));
    }

    private static Look empty(long modifiedMillis) {
        return new Look(new Forward(Optional.empty()), 0, FileTime.fromMillis(modifiedMillis));
    }
}
