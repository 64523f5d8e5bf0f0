package dev.holdfast.gate;

import dev.holdfast.config.HoldSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What the gate decides on beyond its open path: the reasons, the line, the permits, the counts. Every method is one atomic
 * step under the room's monitor; none calls out. Thread-safe.
 */
final class WaitingRoom {
    /** What was true just before and just after a change. */
    record Change(GateSnapshot before, GateSnapshot after) {}

    private final HoldSettings settings;
    private final LongSupplier clock;
    private final Turnstile turnstile;
    private final Closures closures = new Closures(); // guarded by this, like all below
    private final WaitingLine line = new WaitingLine();
    private final Tally tally = new Tally();
    private final Map<Object, HeldRequest> known = new HashMap<>(); // those who wait, by their sameness
    private final Impatient impatient = new Impatient();
    private final Pace pace;
    private final HoldStory story = new HoldStory();
    private final Queue<HoldReport> reports = new ConcurrentLinkedQueue<>(); // to be told
    private int inTransit;
    private int streams;
    private boolean drainTold;
    private volatile boolean shutForEverybody;

    WaitingRoom(HoldSettings settings, LongSupplier clock, Turnstile turnstile) {
        this.settings = settings;
        this.clock = clock;
        this.turnstile = turnstile;
        this.pace = new Pace(settings.release(), clock.getAsLong());
    }

    synchronized Change change(Consumer<Closures> decision) {
        GateSnapshot before = snapshot();
        decision.accept(closures);
        turnstile.shut(!closures.isEmpty());
        shutForEverybody = closures.concernEverybody();
        long now = clock.getAsLong();
        if (before.isOpen() && !closures.isEmpty()) {
            if (story.isNearItsEnd()) {
                reports.add(story.end(now, before.counts()));
            }
            story.closed(now, before.counts());
            drainTold = false;
        } else if (!before.isOpen() && closures.isEmpty()) {
            story.opened(now, line.size());
            pace.begin(now, line.size() > 0);
            dissolveLine(); // which may have stayed for the canary of the release before
        }
        return new Change(before, snapshot());
    }

    /** What a hold came to, once; null when nothing is to be told. Without the monitor. */
    HoldReport takeReport() {
        return reports.poll();
    }

    synchronized void describe(Reason reason, String detail) {
        closures.describe(reason, detail);
    }

    synchronized boolean isHolding() {
        return !closures.isEmpty() && closures.refusal() == null;
    }

    /** Without the monitor. */
    boolean isShutForEverybody() {
        return shutForEverybody;
    }

    /**
     * Returns whether it is to be told, for the first time since the gate was last closed.
     *
     * @param mayBeTold else it is when it is noted again
     */
    synchronized boolean noteDrain(boolean mayBeTold) {
        story.drained(clock.getAsLong());
        boolean first = mayBeTold && !drainTold;
        drainTold |= mayBeTold;
        return first;
    }

    /**
     * Gives the newcomer a place, or says why there is none. Returns null, or who leaves for that: the newcomer itself, or the
     * one that it replaces.
     */
    synchronized Departure join(HeldRequest request) {
        tally.cameToTheLine++;
        HeldRequest same = request.sameness == null ? null : known.get(request.sameness);
        Departure objection = objectionTo(request, same != null);
        if (objection != null) {
            request.outcome = objection.outcome();
            tally.count(request.outcome);
            return objection;
        }
        if (same == null) {
            line.join(request);
            joined(request);
            return null;
        }
        line.replace(same, request);
        left(same, Outcome.REPLACED);
        joined(request);
        return new Departure(same.waiter, Outcome.REPLACED, "", null);
    }

    /** Gives the old place back. Returns whether the site is idle now. */
    synchronized boolean rejoin(HeldRequest request, Passage passage) {
        if (passage.wasHeld()) {
            tally.released--;
        } else {
            tally.cameToTheLine++;
        }
        line.rejoin(request);
        joined(request);
        return passage.wasHeld() ? turnstile.leave() : turnstile.unpass();
    }

    /** Lets the first of the line go whose turn it is, or who may not wait any longer; null when there is none. */
    synchronized Departure next() {
        Outcome outcome = wayOut();
        if (outcome == null) {
            return null;
        }
        HeldRequest first = whoLeaves(outcome);
        Passage passage = null;
        if (outcome == Outcome.RELEASED) {
            inTransit++;
            turnstile.admit();
            passage = Passage.released(first, pace.takePermit(clock.getAsLong()));
        }
        String message = outcome == Outcome.REFUSED ? closures.refusal().detail() : "";
        leave(first, outcome);
        return new Departure(first.waiter, outcome, message, passage);
    }

    synchronized boolean hasNext() {
        return wayOut() != null;
    }

    /** The only place where a held request stops being one. Returns false when it had stopped already. */
    synchronized boolean leave(HeldRequest request, Outcome outcome) {
        if (request.outcome != null) {
            return false;
        }
        line.remove(request);
        left(request, outcome);
        dissolveLine();
        return true;
    }

    private void left(HeldRequest request, Outcome outcome) {
        request.outcome = outcome;
        if (request.sameness != null) {
            known.remove(request.sameness, request);
        }
        impatient.remove(request);
        tally.left(request, outcome);
    }

    synchronized void returnPermit(int release, Pace.Verdict verdict) {
        if (verdict == Pace.Verdict.NOT_UP) {
            story.failed();
        }
        if (pace.returnPermit(release, verdict, clock.getAsLong())) {
            dissolveLine();
        }
        endStory();
    }

    /** Called once a second while somebody waits. */
    synchronized void lookAtPace() {
        if (closures.isEmpty() && line.size() > 0) {
            pace.look(clock.getAsLong(), line.first(), line.size());
        }
    }

    synchronized void releaseConcurrency(int most) {
        pace.concurrency(most);
    }

    /** Nanoseconds until the first of the line may go though nothing happens; {@link Long#MAX_VALUE} when it may not. */
    synchronized long untilReleaseNanos() {
        return closures.isEmpty() && line.size() > 0 ? pace.untilReleaseNanos(clock.getAsLong()) : Long.MAX_VALUE;
    }

    synchronized void transitEnded() {
        inTransit--;
        dissolveLine();
    }

    synchronized void releasedIsAbandoned() {
        tally.released--;
        tally.abandoned++;
    }

    synchronized void addStreams(int more) {
        streams += more;
    }

    /** Nanoseconds until the first deadline; negative when it is over; {@link Long#MAX_VALUE} when nobody waits. */
    synchronized long untilDeadlineNanos() {
        if (line.size() == 0) {
            return Long.MAX_VALUE;
        }
        return Math.min(untilDeadlineNanos(line.firstToExpire()), untilPostponedNanos());
    }

    synchronized GateSnapshot snapshot() {
        long now = clock.getAsLong();
        long read = turnstile.read();
        HeldRequest oldest = line.first();
        return new GateSnapshot(
                closures.all(),
                Duration.ofNanos(closures.lastedNanos(now)),
                Turnstile.inFlight(read),
                streams,
                line.size(),
                Duration.ofNanos(oldest == null ? 0 : now - oldest.arrivalNanos),
                tally.counts(Turnstile.passed(read)));
    }

    /** @param takesPlace of one who leaves for it, so that there are no more than before */
    private Departure objectionTo(HeldRequest request, boolean takesPlace) {
        Closure refusal = closures.refusal();
        if (refusal != null) {
            return new Departure(request.waiter, Outcome.REFUSED, refusal.detail(), null);
        }
        if (closures.lastedNanos(clock.getAsLong()) > settings.maxClosed().toNanos()) {
            return rejection(request, "The site has been closed for longer than requests are held for it.");
        }
        if (takesPlace) {
            return null;
        }
        if (line.size() >= settings.holdLimit()) {
            return rejection(request, "Too many requests are waiting.");
        }
        if (request.client != null && tally.heldOf(request.client) >= settings.holdLimitPerClient()) {
            return rejection(request, "Too many requests of this client are waiting.");
        }
        return null;
    }

    private static Departure rejection(HeldRequest request, String message) {
        return new Departure(request.waiter, Outcome.REJECTED, message, null);
    }

    /** How somebody leaves the line now, the first or whose time is over; null when all go on waiting. */
    private Outcome wayOut() {
        if (line.size() == 0) {
            return null;
        }
        if (closures.refusal() != null) {
            return Outcome.REFUSED;
        }
        if (untilDeadlineNanos(line.firstToExpire()) <= 0) {
            return Outcome.EXPIRED;
        }
        if (untilPostponedNanos() <= 0) {
            return Outcome.POSTPONED;
        }
        return closures.isEmpty() && pace.mayRelease(clock.getAsLong()) ? Outcome.RELEASED : null;
    }

    private HeldRequest whoLeaves(Outcome outcome) {
        return switch (outcome) {
            case EXPIRED -> line.firstToExpire();
            case POSTPONED -> impatient.first();
            default -> line.first();
        };
    }

    private void joined(HeldRequest request) {
        turnstile.line(true);
        if (request.sameness != null) {
            known.putIfAbsent(request.sameness, request); // one that is held again may find a later one here
        }
        impatient.add(request);
        tally.joined(request);
    }

    /** Newcomers pass again when nobody waits, nobody who waited can still be overtaken, and the upstream is known to be up. */
    private void dissolveLine() {
        if (line.size() == 0 && inTransit == 0 && !pace.awaitsCanary()) {
            turnstile.line(false);
            pace.end();
        }
        endStory();
    }

    private void endStory() {
        if (story.isNearItsEnd() && closures.isEmpty() && line.size() == 0 && inTransit == 0 && pace.hasAllPermits()) {
            long now = clock.getAsLong();
            reports.add(story.end(now, tally.counts(Turnstile.passed(turnstile.read()))));
        }
    }

    /** At the open gate nobody is: the turn of those who wait there comes soon. */
    private long untilPostponedNanos() {
        return closures.isEmpty() ? Long.MAX_VALUE : impatient.untilNanos(clock.getAsLong());
    }

    private long untilDeadlineNanos(HeldRequest request) {
        return request.arrivalNanos + settings.maxHold().toNanos() - clock.getAsLong();
    }
}
