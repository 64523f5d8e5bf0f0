package dev.holdfast.gate;

import java.util.TreeSet;

/** Those of the line who do not wait as long as they may, by when their patience ends. Guarded by the {@link WaitingRoom}. */
final class Impatient {
    /** No end of it. */
    static final long PATIENT = Long.MAX_VALUE;

    private final TreeSet<HeldRequest> byEnd = new TreeSet<>(Impatient::compare);
    private long numbers;

    void add(HeldRequest request) {
        if (request.patienceNanos != PATIENT) {
            request.number = numbers++;
            byEnd.add(request);
        }
    }

    void remove(HeldRequest request) {
        if (request.patienceNanos != PATIENT) {
            byEnd.remove(request);
        }
    }

    /** Whose patience ends first; there must be one. */
    HeldRequest first() {
        return byEnd.first();
    }

    /** Nanoseconds until then; {@link Long#MAX_VALUE} where all are patient. */
    long untilNanos(long now) {
        return byEnd.isEmpty() ? Long.MAX_VALUE : end(first()) - now;
    }

    private static int compare(HeldRequest one, HeldRequest other) {
        long later = end(one) - end(other);
        return later != 0 ? Long.signum(later) : Long.compare(one.number, other.number);
    }

    private static long end(HeldRequest request) {
        return request.arrivalNanos + request.patienceNanos;
    }
}
