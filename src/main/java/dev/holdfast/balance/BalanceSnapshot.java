package dev.holdfast.balance;

import java.nio.file.Path;
import java.time.Instant;

/**
 * What is known of the balance file.
 *
 * @param file absolute
 * @param reading what it last said; {@link BalanceReading.Unreadable} only while it never could be read since the start
 * @param since when it began to say so
 * @param looked when it was last looked at; long ago where the file system hangs
 * @param readError why that look could not tell; empty when it could
 * @param closesGate whether it was read, and what it says closes the gate
 */
public record BalanceSnapshot(
        Path file, BalanceReading reading, Instant since, Instant looked, String readError, boolean closesGate) {}
