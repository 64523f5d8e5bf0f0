package dev.holdfast.cluster;

import static dev.holdfast.config.Durations.inSeconds;
import static dev.holdfast.gate.Reason.CLUSTER;

import dev.holdfast.balance.BalanceReading.Forward;
import dev.holdfast.balance.BalanceReading.Refuse;
import dev.holdfast.balance.Complaint;
import dev.holdfast.balance.UpstreamSwitch;
import dev.holdfast.config.ClusterSettings;
import dev.holdfast.config.ClusterSettings.AtStart;
import dev.holdfast.config.ClusterSettings.Away;
import dev.holdfast.gate.Gate;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.logging.Logger;

/**
 * Moves the gate to what the fleet's switch says, and closes it where that is not known any more. Confined to the cluster thread,
 * but for {@link #acted}.
 *
 * <pre>
 *   unknown ──read: forward──▶ forwarding ──read: absent──▶ holding
 *      ▲                           │   ▲                       │
 *      └──── older than maxAge ────┘   └────read: forward──────┘
 * </pre>
 *
 * <p>Only a read opens it, one that is newer than what is known. Where nobody answers, and {@code zookeeperAway} is {@code keep},
 * what is known goes on to count; but for one who slept, silence says nothing until he has tried for long in vain: what he missed
 * may be just what he has to know.
 */
final class ClusterSwitch {
    private static final Logger LOG = Logger.getLogger(ClusterSwitch.class.getPackageName());
    private static final Duration REMINDER = Duration.ofSeconds(30);

    /** After a pause, though the session is shorter: so long it may take to try the servers one after the other. */
    private static final Duration SHORTEST_SILENCE = Duration.ofSeconds(10);

    private final String site;
    private final ClusterSettings settings;
    private final String file;
    private final Gate gate;
    private final UpstreamSwitch upstream;
    private final Knowledge knowledge;
    private final LongSupplier clock;
    private final long maxAgeNanos;
    private final Complaint silence;
    private final Complaint older;
    private volatile SwitchReading acted; // null before the first
    private boolean assumed; // without having been told, at the start
    private boolean contradicted;
    private long awakeSinceNanos;
    private long silenceCountsFromNanos;
    private long tickedNanos;
    private long tickedMillis;
    private long remindedNanos;

    ClusterSwitch(
            String site,
            ClusterSettings settings,
            Gate gate,
            UpstreamSwitch upstream,
            Knowledge knowledge,
            LongSupplier clock) {
        this.site = site;
        this.settings = settings;
        this.file = "the fleet's switch "
                + Layout.of(settings.ensemble(), settings.site()).open() + " at "
                + settings.ensemble().hosts();
        this.gate = gate;
        this.upstream = upstream;
        this.knowledge = knowledge;
        this.clock = clock;
        this.maxAgeNanos = settings.maxAge().toNanos();
        this.silence = new Complaint(LOG, site);
        this.older = new Complaint(LOG, site);
    }

    /** How often {@link #tick} is to be called. */
    static Duration tickEach(ClusterSettings settings) {
        return settings.maxAge().dividedBy(3);
    }

    /** Before the first request. */
    void holdUntilRead(long wallMillis) {
        long now = clock.getAsLong();
        awakeSinceNanos = now;
        silenceCountsFromNanos = now + settings.session().toNanos();
        tickedNanos = now;
        tickedMillis = wallMillis;
        remindedNanos = now;
        gate.close(CLUSTER, file + " has not been read yet");
    }

    /** What is the matter; empty when nothing is. Any thread. */
    String problem() {
        return older.said().isEmpty() ? silence.said() : older.said();
    }

    /** What the gate was moved to last; null before. Any thread. */
    SwitchReading acted() {
        return acted;
    }

    /**
     * The switch was read.
     *
     * @param askedNanos when the question was sent
     * @param registered whether others can know of this node; else it may not forward
     */
    void answered(SwitchReading now, long askedNanos, boolean registered) {
        SwitchReading before = acted;
        if (before != null && now.version() < before.version()) {
            contradicted = true;
            older.say(file + " has version " + SwitchReading.name(now.version()) + ", which is older than "
                    + SwitchReading.name(before.version())
                    + ", that was seen before; it does not count. Has ZooKeeper lost its data? Then restart Holdfast");
            return;
        }
        contradicted = false;
        older.over(file + " is up to date again");
        boolean awake = askedNanos - awakeSinceNanos >= 0; // else the answer may be from before the pause
        if (awake) {
            silenceCountsFromNanos = askedNanos;
            silence.over("ZooKeeper answers again");
        }
        knowledge.heard(askedNanos);
        boolean moved = before == null
                || before.version() != now.version()
                || !before.reading().equals(now.reading());
        if (!now.isForward()) {
            if (moved) {
                hold(now);
            }
        } else if (registered && awake) {
            knowledge.validUntil(askedNanos + maxAgeNanos);
            if (moved) {
                upstream.forward(((Forward) now.reading()).upstream());
            }
            gate.open(CLUSTER, knowledge::isValid);
            acted = now; // after the gate: whoever reports this version has moved it
        }
    }

    private void hold(SwitchReading now) {
        if (now.reading() instanceof Refuse refuse) {
            gate.refuse(CLUSTER, refuse.message());
        } else {
            gate.close(CLUSTER, file + " " + now.reading().describe());
        }
        upstream.hold();
        acted = now; // as above
        remindedNanos = clock.getAsLong();
    }

    /** @return whether the switch is to be read at once */
    boolean tick(long wallMillis) {
        long now = clock.getAsLong();
        long passedNanos = now - tickedNanos;
        long passedMillis = wallMillis - tickedMillis; // runs on while a virtual machine is suspended, unlike the other
        long slept = Math.max(passedNanos, passedMillis * 1_000_000);
        tickedNanos = now;
        tickedMillis = wallMillis;
        remind(now);
        if (slept > maxAgeNanos) {
            wokeUp(now, Duration.ofNanos(slept));
            return true;
        }
        if (isSilent(now)) {
            endure(now);
        }
        if (!knowledge.isValid()) {
            closeWhereUnknown();
        }
        return false;
    }

    private void wokeUp(long now, Duration slept) {
        knowledge.isWorthNothing();
        awakeSinceNanos = now;
        silenceCountsFromNanos = now + Math.max(2 * settings.session().toNanos(), SHORTEST_SILENCE.toNanos());
        LOG.warning(() -> site + ": this process did not run for " + inSeconds(slept) + "; it holds until it has read "
                + file + " again");
        closeWhereUnknown();
    }

    private void closeWhereUnknown() {
        if (acted == null || acted.isForward()) {
            gate.close(CLUSTER, knowledge.lapse(), () -> !knowledge.isValid());
        }
    }

    /** Whether the question was asked, by one who is awake, and nobody answered. */
    private boolean isSilent(long now) {
        return !contradicted
                && now - silenceCountsFromNanos >= 0
                && knowledge.age().compareTo(tickEach(settings).multipliedBy(3).dividedBy(2)) > 0;
    }

    private void endure(long now) {
        boolean forwards = acted == null ? settings.atStart() == AtStart.OPEN : acted.isForward();
        boolean alone = forwards && settings.away() == Away.KEEP;
        silence.say("ZooKeeper (" + settings.ensemble() + ") does not answer; requests are "
                + (!alone
                        ? "held until it does"
                        : acted == null ? "forwarded all the same (zookeeperAtStart=open)" : "still forwarded"));
        if (alone) {
            goOnAlone(now);
        }
    }

    private void goOnAlone(long now) {
        knowledge.validUntil(now + maxAgeNanos);
        if (acted == null && !assumed) {
            assumed = true;
            upstream.forward(Optional.empty());
        }
        gate.open(CLUSTER, knowledge::isValid);
    }

    private void remind(long now) {
        if (acted != null && acted.isForward()) {
            remindedNanos = now;
        } else if (now - remindedNanos >= REMINDER.toNanos()) {
            remindedNanos = now;
            String why =
                    acted == null ? "has not been read yet" : acted.reading().describe();
            LOG.warning(() ->
                    site + ": " + file + " " + why + "; " + gate.snapshot().held() + " requests wait");
        }
    }
}
