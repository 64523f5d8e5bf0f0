package dev.holdfast.web;

import static dev.holdfast.gate.Reason.UPSTREAM;

import dev.holdfast.balance.UpstreamSwitch;
import dev.holdfast.config.ReadySettings;
import dev.holdfast.config.UpstreamAddress;
import dev.holdfast.gate.Gate;
import dev.holdfast.proxy.Readiness;
import dev.holdfast.proxy.ReadinessListener;
import dev.holdfast.proxy.Upstream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps the gate closed, for the reason UPSTREAM, until the upstream that requests are to go to is ready.
 *
 * <pre>
 *                 forward, and there is a readyPath; refused
 *   forwarding ──────────────────────────────────▶ checking
 *       ▲  ◀────────────── ready ────────────────────┘  │ hold
 *       └───────────── forward, no readyPath ── holding ◀┘
 * </pre>
 *
 * <p>Each change begins a new turn, and what was found out in an earlier one opens and closes nothing any more: the gate asks for
 * that in the step in which it would open. Thread-safe.
 */
final class UpstreamCheck implements UpstreamSwitch {
    private static final Logger LOG = Logger.getLogger(UpstreamCheck.class.getName());
    private static final Duration REMINDER = Duration.ofSeconds(30);
    private static final Duration A_MOMENT = Duration.ofMillis(100);

    private final String site;
    private final Gate gate;
    private final Upstream upstream;
    private final UpstreamAddress configured;
    private final ReadySettings ready;
    private volatile int turn; // written under this, like all below
    private boolean held = true;
    private Readiness readiness; // null while nothing is asked

    UpstreamCheck(String site, Gate gate, Upstream upstream, UpstreamAddress configured, ReadySettings ready) {
        this.site = site;
        this.gate = gate;
        this.upstream = upstream;
        this.configured = configured;
        this.ready = ready;
    }

    @Override
    public void forward(Optional<UpstreamAddress> elsewhere) {
        UpstreamAddress address = elsewhere.orElse(configured);
        int now = nextTurn(false);
        if (ready.path().isEmpty()) {
            upstream.setAddress(address);
            gate.open(UPSTREAM);
        } else {
            // Before the balance file's reason goes, so that there is no moment without any.
            gate.close(UPSTREAM, "GET " + ready.path().get() + " of " + address + " has not been answered yet");
            upstream.setAddress(address);
            ask(now, Duration.ZERO);
        }
    }

    @Override
    public void hold() {
        nextTurn(true);
        gate.open(UPSTREAM);
    }

    /** A request could not be sent: the upstream refuses connections, so that everybody waits until it takes them again. */
    void refused(String detail) {
        int now;
        boolean first;
        synchronized (this) {
            if (held) {
                return; // closed anyhow, and whoever opens it looks first
            }
            now = turn;
            first = readiness == null;
        }
        gate.close(UPSTREAM, detail, isStill(now));
        if (first) {
            ask(now, A_MOMENT);
        }
    }

    private synchronized int nextTurn(boolean hold) {
        held = hold;
        if (readiness != null) {
            readiness.stop();
            readiness = null;
        }
        return ++turn;
    }

    private synchronized void ask(int inTurn, Duration delay) {
        if (inTurn == turn && readiness == null) {
            readiness = upstream.awaitReady(ready, delay, new Turn(inTurn));
        }
    }

    private synchronized boolean finish(int inTurn) {
        if (inTurn != turn) {
            return false;
        }
        readiness = null;
        turn++;
        return true;
    }

    private BooleanSupplier isStill(int then) {
        return () -> turn == then;
    }

    private final class Turn implements ReadinessListener {
        private final int number;
        private long remindedNanos = System.nanoTime();

        Turn(int number) {
            this.number = number;
        }

        @Override
        public void notReady(String seen) {
            gate.describe(UPSTREAM, seen);
            long now = System.nanoTime();
            if (now - remindedNanos >= REMINDER.toNanos()) {
                remindedNanos = now;
                int waiting = gate.snapshot().held();
                LOG.log(Level.WARNING, "{0}: not ready: {1}; {2} requests wait", new Object[] {site, seen, waiting});
            }
        }

        @Override
        public void ready(String seen) {
            if (finish(number)) {
                LOG.log(Level.INFO, "{0}: ready: {1}", new Object[] {site, seen});
                gate.open(UPSTREAM, isStill(number + 1));
            }
        }
    }
}
