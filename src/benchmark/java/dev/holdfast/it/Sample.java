package dev.holdfast.it;

import java.io.IOException;
import java.time.Duration;

/**
 * One slice of time in which one front was driven.
 *
 * @param processorTime of the front
 * @param stolenPercent of this machine's time, taken away by its host
 */
record Sample(Workload workload, Load load, Duration processorTime, long residentBytes, double stolenPercent) {
    private static final double NANOS = 1e9;

    static Sample take(Workload workload, Front front, LoadProgram program, Duration slice)
            throws IOException, InterruptedException {
        HostTime hostBefore = HostTime.now();
        Duration before = front.processes().processorTime();
        Load load = program.drive(workload, front.portFor(workload), workload.slice(slice));
        Duration used = front.processes().processorTime().minus(before);
        double stolen = HostTime.now().stolenPercentSince(hostBefore);
        return new Sample(workload, load, used, front.processes().residentBytes(), stolen);
    }

    /** Microseconds a request; of large bodies seconds a gigabyte. */
    double cost() {
        return workload.large()
                ? processorTime.toNanos() / NANOS / (bytes() / 1e9)
                : processorTime.toNanos() / 1000.0 / load.requests();
    }

    /** Requests a second; of large bodies megabytes a second. */
    double rate() {
        return (workload.large() ? bytes() / 1e6 : load.requests())
                / (load.time().toNanos() / NANOS);
    }

    private double bytes() {
        return workload.bodyBytes() > 0 ? (double) load.requests() * workload.bodyBytes() : load.bytes();
    }
}
