package dev.holdfast.gate;

import dev.holdfast.gate.GateSnapshot.Counts;
import java.time.Duration;

/**
 * What one hold came to, from the closing of the gate until the upstream has begun to answer the last of those who waited.
 *
 * @param closedFor until the gate opened
 * @param drainedAfter from the closing until the last one in flight was done; null where that did not come about
 * @param waited how many were held when the gate opened
 * @param releaseTook from the opening to the end; shorter where the gate closed again before
 * @param counts what came of all who were there in this time
 * @param failed of the released ones, how many the upstream did not answer, or with 502, 503 or 504
 */
public record HoldReport(
        Duration closedFor, Duration drainedAfter, int waited, Duration releaseTook, Counts counts, long failed) {}
