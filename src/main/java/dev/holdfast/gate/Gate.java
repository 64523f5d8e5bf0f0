package dev.holdfast.gate;

import dev.holdfast.config.HoldSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Lets requests pass while nothing closes it, and holds them in the order of their arrival while something does.
 *
 * <pre>
 *            close(reason)                 close(reason)
 *   OPEN ──────────────────▶ CLOSED ◀──────────────────┐
 *    ▲                          │ open(last reason)    │
 *    └── line empty ── RELEASING (open, a line waits) ─┘
 * </pre>
 *
 * <p>Thread-safe, and no method waits for anything. The open path is one compare-and-set in {@link Turnstile}; everything
 * else is decided in the {@link WaitingRoom} and told by the {@link Usher} on the gate thread.
 */
public final class Gate {
    private final HoldSettings settings;
    private final LongSupplier clock;
    private final GateJournal journal;
    private final Turnstile turnstile = new Turnstile();
    private final InFlightRegister register = new InFlightRegister();
    private final Lease lease; // null where what opened the gate holds until it is closed
    private final WaitingRoom room;
    private final Usher usher;
    private final List<Runnable> drainedListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<HoldReport>> reportListeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger untoldChanges = new AtomicInteger();

    /**
     * A gate that is open.
     *
     * @param name of the site, for the log
     * @param clock nanoseconds, as {@link System#nanoTime()}
     */
    public Gate(String name, HoldSettings settings, LongSupplier clock, GateThread thread) {
        this(name, settings, clock, thread, null);
    }

    /**
     * The same.
     *
     * @param lease without which nothing passes; null where none is needed
     */
    public Gate(String name, HoldSettings settings, LongSupplier clock, GateThread thread, Lease lease) {
        this.settings = settings;
        this.clock = clock;
        this.lease = lease;
        this.journal = new GateJournal(name);
        this.room = new WaitingRoom(settings, clock, turnstile);
        this.usher = new Usher(room, clock, thread, journal, this::tellReport);
    }

    /**
     * Requests are held from now on, for at least this reason. Told again, the detail is brought up to date; told after
     * {@link #refuse}, they are held again.
     *
     * @param detail one line for the operator
     */
    public void close(Reason reason, String detail) {
        change(closures -> closures.put(new Closure(reason, detail, false, clock.getAsLong())));
    }

    /**
     * As {@link #close}, while it is not known yet whether requests are to be held. What follows is told to the log, where it
     * closes the gate, as the first closing; and is no hold to be reported, where it opens it.
     */
    public void closeAtStart(Reason reason, String detail) {
        journal.begin(detail);
        close(reason, detail);
    }

    /** Requests are turned away from now on with the message, those who wait included, whatever other reasons say. */
    public void refuse(Reason reason, String message) {
        change(closures -> closures.put(new Closure(reason, message, true, clock.getAsLong())));
    }

    /** The reason is gone; the gate opens when no other is left. */
    public void open(Reason reason) {
        change(closures -> closures.remove(reason));
    }

    /**
     * The same, unless the condition, which is asked in the step in which the gate would open, says that it is out of date: what
     * somebody found out about an upstream says nothing about the one that has taken its place.
     *
     * @param stillTrue fast, and without a lock
     */
    public void open(Reason reason, BooleanSupplier stillTrue) {
        change(closures -> {
            if (stillTrue.getAsBoolean()) {
                closures.remove(reason);
            }
        });
    }

    /**
     * As {@link #close}, unless the condition, asked in the step in which the gate would close, says no. A reason that is there
     * keeps its detail.
     */
    public void close(Reason reason, String detail, BooleanSupplier stillTrue) {
        change(closures -> {
            if (stillTrue.getAsBoolean() && !closures.has(reason)) {
                closures.put(new Closure(reason, detail, false, clock.getAsLong()));
            }
        });
    }

    /** Brings the detail of a reason up to date, where it is one; the log is not told. */
    public void describe(Reason reason, String detail) {
        room.describe(reason, detail);
    }

    /** In the place of {@code releaseConcurrency}, from now on. @param most at least 1 */
    public void releaseConcurrency(int most) {
        room.releaseConcurrency(most);
        usher.wake();
    }

    /** The time that {@link #tryPass} and {@link #hold} take as arrival. */
    public long now() {
        return clock.getAsLong();
    }

    /** Passes at once where the gate is open and nobody waits; otherwise null, and the request is to be {@link #hold held}. */
    public Passage tryPass(long arrivalNanos) {
        if (!turnstile.tryPass()) {
            return null;
        }
        // Asked when it is in flight already, so that no pause comes in between unseen.
        if (lease != null && hasLapsed()) {
            if (turnstile.unpass()) {
                tellDrained();
            }
            return null;
        }
        return Passage.straight(this, arrivalNanos);
    }

    /** Whether what opened the gate cannot be relied on any more; then the gate is closed for that. */
    boolean hasLapsed() {
        if (lease == null || lease.isValid()) {
            return false;
        }
        close(Reason.CLUSTER, lease.lapse(), () -> !lease.isValid());
        return true;
    }

    /**
     * Joins the line. What becomes of the request is told to the waiter: possibly before this method returns, in the calling
     * thread where there is no place in the line.
     *
     * @param client whom {@code holdLimitPerClient} counts, by its {@code equals}; null counts for nobody
     */
    public HeldRequest hold(Waiter waiter, long arrivalNanos, Object client) {
        return hold(waiter, arrivalNanos, client, null);
    }

    /**
     * The same, where the request may be one that waits already: then this one takes its place, with a deadline of its own, and
     * the other is turned away as REPLACED. Limits count them as one.
     *
     * @param sameness equal for requests of which one is enough; null for a request like no other
     */
    public HeldRequest hold(Waiter waiter, long arrivalNanos, Object client, Object sameness) {
        HeldRequest request = heldRequest(waiter, arrivalNanos, client, sameness);
        Departure departure = room.join(request);
        if (departure != null && departure.waiter() == waiter) {
            waiter.turnedAway(departure.outcome(), departure.message());
            return request;
        }
        if (departure != null) {
            usher.tellSoon(departure);
        }
        usher.watch();
        return request;
    }

    /**
     * Takes a request back that did not reach the upstream: to its old place, with its old deadline. No limit is asked. The
     * waiter may be told before this method returns.
     *
     * @throws IllegalStateException if the passage had ended already, or became a stream
     */
    public HeldRequest holdAgain(Passage passage, Waiter waiter, Object client, Object sameness) {
        if (!passage.endForHold()) {
            throw new IllegalStateException("the passage has ended or is a stream");
        }
        HeldRequest request = heldRequest(waiter, passage.arrivalNanos(), client, sameness);
        boolean drained = room.rejoin(request, passage);
        passage.unanswered();
        usher.watchAgain();
        if (drained) {
            tellDrained();
        }
        return request;
    }

    /** Closed, for whatever reason. */
    public boolean isShut() {
        return turnstile.isShut();
    }

    /** Closed, and whoever comes waits; not so where all are turned away. */
    public boolean isHolding() {
        return turnstile.isShut() && room.isHolding();
    }

    /**
     * Closed, and not only because an operator wants some requests held: the upstream is not there, or requests are refused. Those
     * that an operator does not want held need not ask for a passage otherwise; they are not counted then.
     */
    public boolean isShutForEverybody() {
        return room.isShutForEverybody();
    }

    /** Closed, and nothing in flight. */
    public boolean isDrained() {
        return turnstile.isDrained();
    }

    /**
     * Runs the listener each time the gate becomes drained, in any thread; it must not block, and may be told twice. It is not
     * told of a drain that is there already, and may be told when the gate has just opened again.
     */
    public void onDrained(Runnable listener) {
        drainedListeners.add(listener);
    }

    /** Tells the listener what each hold came to, when it is over, in any thread; it must not block. */
    public void onReport(Consumer<HoldReport> listener) {
        reportListeners.add(listener);
    }

    public GateSnapshot snapshot() {
        return room.snapshot();
    }

    /** Those in flight, who has been so for longest first; where very many are, some are not listed. No streams. */
    public List<InFlightRequest> oldestInFlight(int most) {
        long now = clock.getAsLong();
        return register.oldest(most).stream()
                .map(passage -> InFlightRequest.of(
                        passage.traveller(), Duration.ofNanos(Math.max(0, now - passage.passedNanos()))))
                .toList();
    }

    // --- Told by Passage and HeldRequest. ---

    InFlightRegister register() {
        return register;
    }

    void leave() {
        if (turnstile.leave()) {
            tellDrained();
        }
    }

    void returnPermit(int release, Pace.Verdict verdict) {
        room.returnPermit(release, verdict);
        usher.wake();
        tellReport();
    }

    void transitEnded() {
        room.transitEnded();
        tellReport();
    }

    void streamBegan() {
        room.addStreams(1);
        leave();
    }

    void streamEnded() {
        room.addStreams(-1);
    }

    void releasedIsAbandoned() {
        room.releasedIsAbandoned();
    }

    boolean leave(HeldRequest request, Outcome why) {
        boolean left = room.leave(request, why);
        tellReport();
        return left;
    }

    private HeldRequest heldRequest(Waiter waiter, long arrivalNanos, Object client, Object sameness) {
        Object counted = settings.holdLimitPerClient() > 0 ? client : null;
        long patienceNanos = waiter.patience().map(Duration::toNanos).orElse(Impatient.PATIENT);
        return new HeldRequest(this, waiter, arrivalNanos, counted, sameness, patienceNanos);
    }

    private void change(Consumer<Closures> decision) {
        untoldChanges.incrementAndGet();
        try {
            WaitingRoom.Change change = room.change(decision);
            usher.wake(); // before the log, which may be slow
            journal.changed(change.before(), change.after());
            if (journal.isBegin(change.before()) && change.after().isOpen()) {
                room.takeReport();
            }
        } finally {
            untoldChanges.decrementAndGet();
        }
        tellReport();
        if (turnstile.isDrained()) {
            tellDrained();
        }
    }

    /** Not before the change that it follows from; whoever tells that one comes here then. */
    private void tellReport() {
        while (untoldChanges.get() == 0) {
            HoldReport report = room.takeReport();
            if (report == null) {
                return;
            }
            journal.released(report);
            tell(reportListeners, listener -> listener.accept(report));
        }
    }

    private void tellDrained() {
        GateSnapshot now = room.snapshot();
        if (now.isDrained() && room.noteDrain(untoldChanges.get() == 0) && !journal.isBegin(now)) {
            journal.drained(now);
        }
        tell(drainedListeners, Runnable::run);
    }

    private <L> void tell(List<L> listeners, Consumer<L> telling) {
        for (L listener : listeners) {
            try {
                telling.accept(listener);
            } catch (RuntimeException | Error e) { // whoever ended or closed here has nothing to do with it
                journal.listenerFailed(e);
            }
        }
    }
}
