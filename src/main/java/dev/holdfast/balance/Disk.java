package dev.holdfast.balance;

import java.io.IOException;
import java.nio.file.WatchService;
import java.nio.file.attribute.FileTime;

/** What the balance thread asks of the system, apart from the marker; here tests make it fail. */
interface Disk {
    /** Looks at the balance file now. May take as long as the file system does; throws nothing. */
    Look look();

    /** @throws IOException when the system gives none, such as at its limit of inotify instances */
    WatchService newWatchService() throws IOException;

    /**
     * One look at the balance file. Two that are equal, some time apart, show a file that nobody is writing.
     *
     * @param size in bytes; -1 when there is none to tell
     * @param modified the epoch when there is none to tell
     */
    record Look(BalanceReading reading, long size, FileTime modified) {
        static Look at(BalanceReading reading) {
            return new Look(reading, -1, FileTime.fromMillis(0));
        }
    }
}
