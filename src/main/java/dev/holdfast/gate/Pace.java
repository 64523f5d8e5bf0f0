package dev.holdfast.gate;

import dev.holdfast.config.ReleaseSettings;
import java.time.Duration;

/**
 * How many of those who waited may be with the upstream unanswered. Guarded by the {@link WaitingRoom}.
 *
 * <pre>
 *   gate opens ──▶ canaries ──answered well──▶ ramp ──▶ full ──line gone──▶ no line, no limit
 *                    one, and one more           1 to concurrency
 *                    each 2 s without an answer
 * </pre>
 *
 * <p>Those who were held when the gate opened are at most {@code concurrency} at a time, whatever happens: they are so many
 * and no more, and none of them waits for longer than {@code maxHold}. Those who came later are ordinary traffic, that only
 * keeps its place behind them. Where it comes faster than {@code concurrency} lets it go, the line would stay for ever, and an
 * open gate would throttle the site for good. So, when the last of the held has gone, {@link #look} compares: where so many were
 * answered that chance plays no part, and the line has not become shorter meanwhile, there are twice as many permits.
 */
final class Pace {
    /** What came of a request that had a permit. */
    enum Verdict {
        /** The upstream answered, as one that is up. */
        UP,
        /** It answered as one that is not up yet, or not at all. */
        NOT_UP,
        /** The request did not get there. */
        NONE
    }

    /** From an answer that says "not up yet" to the next canary. */
    static final Duration CANARY_PAUSE = Duration.ofMillis(250);

    /** A canary may be a long upload or a slow report: then one more goes, so that nobody waits for it in vain. */
    static final Duration CANARY_PATIENCE = Duration.ofSeconds(2);

    /** At least so many answers, and one for each permit, tell whether the line becomes shorter... */
    private static final int ENOUGH_ANSWERS = 32;

    /** ...or else this time: where requests are answered so slowly, many can be with the upstream at a time. */
    static final Duration LONGEST_LOOK = Duration.ofSeconds(15);

    private final ReleaseSettings settings;
    private int concurrency;
    private int permits;
    private int out;
    private int release;
    private long beganNanos;

    private boolean canaries;
    private int canariesOut;
    private long nextCanaryNanos;
    private boolean ramping;
    private long rampBeganNanos;

    private boolean looking;
    private long lookBeganNanos;
    private int waitingBefore;
    private int answers;

    Pace(ReleaseSettings settings, long now) {
        this.settings = settings;
        this.concurrency = settings.concurrency();
        this.permits = concurrency;
        this.beganNanos = now;
    }

    /** From now on. What {@link #look} has found to be too little is not taken back before nobody waits any more. */
    void concurrency(int most) {
        permits = permits == concurrency ? most : Math.max(permits, most);
        concurrency = most;
    }

    /** The gate has opened. What is out of an earlier release keeps its permit, but proves nothing any more. */
    void begin(long now, boolean somebodyWaits) {
        end();
        release++;
        beganNanos = now;
        canaries = settings.canary() && somebodyWaits;
        canariesOut = 0;
        nextCanaryNanos = now;
        startRamp(now, somebodyWaits && !canaries);
    }

    /** Nobody waits any more. */
    void end() {
        permits = concurrency;
        canaries = false;
        ramping = false;
        looking = false;
    }

    boolean mayRelease(long now) {
        return out < limit(now) && (!canaries || now - nextCanaryNanos >= 0);
    }

    /** Nanoseconds until {@link #mayRelease} may say yes without an answer; {@link Long#MAX_VALUE} when it will not. */
    long untilReleaseNanos(long now) {
        if (out >= permits) {
            return Long.MAX_VALUE;
        }
        if (canaries) {
            return Math.max(0, nextCanaryNanos - now);
        }
        long next = settings.ramp().toNanos() / Math.max(1, concurrency - 1) * out;
        return out < limit(now) ? 0 : Math.max(1, rampBeganNanos + next - now);
    }

    /** Returns the number of the release, to be told when the permit comes back. */
    int takePermit(long now) {
        out++;
        if (canaries) {
            canariesOut++;
            nextCanaryNanos = now + CANARY_PATIENCE.toNanos();
        }
        return release;
    }

    /** Returns whether this was what everybody waited for: the upstream is up. */
    boolean returnPermit(int ofRelease, Verdict verdict, long now) {
        out--;
        answers++;
        if (!canaries || ofRelease != release) {
            return false;
        }
        canariesOut--;
        if (verdict == Verdict.UP) {
            canaries = false;
            startRamp(now, true);
        } else if (canariesOut == 0) { // else those who are still out may do better
            nextCanaryNanos = verdict == Verdict.NONE ? now : now + CANARY_PAUSE.toNanos();
        }
        return !canaries;
    }

    /** Whether all who had a permit have been answered. */
    boolean hasAllPermits() {
        return out == 0;
    }

    /** Whether even newcomers have to wait for what the upstream says to the first. */
    boolean awaitsCanary() {
        return canaries;
    }

    /** To be called about once a second while somebody waits at the open gate. */
    void look(long now, HeldRequest first, int waiting) {
        if (canaries || ramping || first.placeNanos - beganNanos <= 0) {
            looking = false;
            return;
        }
        if (looking) {
            if (answers < Math.max(permits, ENOUGH_ANSWERS) && now - lookBeganNanos < LONGEST_LOOK.toNanos()) {
                return;
            }
            if (waiting >= waitingBefore) {
                permits = Math.min(2 * permits, Turnstile.MOST_IN_FLIGHT);
            }
        }
        looking = true;
        lookBeganNanos = now;
        waitingBefore = waiting;
        answers = 0;
    }

    private void startRamp(long now, boolean wanted) {
        ramping = wanted && !settings.ramp().isZero();
        rampBeganNanos = now;
    }

    private int limit(long now) {
        if (ramping) {
            long step = settings.ramp().toNanos() / Math.max(1, concurrency - 1);
            long steps = (now - rampBeganNanos) / Math.max(1, step);
            if (steps < concurrency - 1) {
                return 1 + (int) steps;
            }
            ramping = false;
        }
        return permits;
    }
}
