package dev.holdfast.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Ticks of all processors of this machine, and how many of them the host took away (steal). */
record HostTime(long all, long stolen) {
    private static final int STEAL = 7;
    /** Behind it are those of guests, which are in others already. */
    private static final int FIELDS = 8;

    static HostTime now() throws IOException {
        String line =
                Files.readString(Path.of("/proc/stat")).lines().findFirst().orElseThrow();
        long[] ticks = Arrays.stream(line.trim().split(" +"))
                .skip(1)
                .limit(FIELDS)
                .mapToLong(Long::parseLong)
                .toArray();
        return new HostTime(Arrays.stream(ticks).sum(), ticks[STEAL]);
    }

    double stolenPercentSince(HostTime before) {
        return 100.0 * (stolen - before.stolen) / Math.max(1, all - before.all);
    }
}
