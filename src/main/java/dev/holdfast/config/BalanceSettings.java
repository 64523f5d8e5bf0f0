package dev.holdfast.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The balance file and how it is looked at.
 *
 * @param file absolute; need not exist
 * @param pollInterval positive; time from one look to the next
 * @param watch whether the file system is asked to tell about changes, besides the poll
 */
public record BalanceSettings(Path file, Duration pollInterval, boolean watch) {
    public BalanceSettings {
        Ranges.check(file.isAbsolute(), "balanceFile", file, "an absolute path");
        Ranges.positive("pollInterval", pollInterval);
    }
}
