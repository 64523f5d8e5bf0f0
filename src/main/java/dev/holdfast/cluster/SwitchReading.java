package dev.holdfast.cluster;

import dev.holdfast.balance.BalanceReading;
import dev.holdfast.balance.BalanceReading.Forward;

/**
 * What one read of the switch gave.
 *
 * @param version grows with each change, and names an absence too; {@link #NONE} before anybody has made the switch
 * @param reading never unreadable
 * @param kept what the switch said when it was there last, as far as the commands moved it
 */
public record SwitchReading(long version, BalanceReading reading, String kept) {
    public static final long NONE = -1;

    public boolean isForward() {
        return reading instanceof Forward;
    }

    /** As ZooKeeper's own tools write it. */
    public static String name(long version) {
        return version == NONE ? "none" : "0x" + Long.toHexString(version);
    }
}
