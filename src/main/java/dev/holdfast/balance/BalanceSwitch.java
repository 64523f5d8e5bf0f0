package dev.holdfast.balance;

import static dev.holdfast.gate.Reason.BALANCE_FILE;

import dev.holdfast.balance.BalanceReading.Absent;
import dev.holdfast.balance.BalanceReading.Forward;
import dev.holdfast.balance.BalanceReading.Malformed;
import dev.holdfast.balance.BalanceReading.Refuse;
import dev.holdfast.balance.BalanceReading.Unreadable;
import dev.holdfast.balance.Disk.Look;
import dev.holdfast.config.UpstreamAddress;
import dev.holdfast.gate.Gate;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.logging.Logger;

/** Moves the gate to what the balance file says, and the drained marker with it. Confined to the balance thread. */
final class BalanceSwitch {
    private static final Logger LOG = Logger.getLogger(BalanceSwitch.class.getPackageName());

    private final String site;
    private final Path file;
    private final UpstreamAddress configured;
    private final Gate gate;
    private final UpstreamSwitch upstreamSwitch;
    private final DrainedMarker marker;
    private BalanceReading reading = new Unreadable("it has not been read yet");
    private Instant since = Instant.now();
    private Optional<Forward> forwarded = Optional.empty();
    private Optional<Instant> lastRelease = Optional.empty();
    private long holdsSoFar;

    BalanceSwitch(String site, Path file, UpstreamAddress configured, Gate gate, UpstreamSwitch upstreamSwitch) {
        this.site = site;
        this.file = file;
        this.configured = configured;
        this.gate = gate;
        this.upstreamSwitch = upstreamSwitch;
        this.marker = new DrainedMarker(file, new Complaint(site));
    }

    /** What the file says that the gate was moved to last. */
    BalanceReading reading() {
        return reading;
    }

    Instant since() {
        return since;
    }

    boolean holds() {
        return !(reading instanceof Forward);
    }

    /** Whether the file was read, and holds: only then nobody but the file opens the gate. */
    boolean marks() {
        return holds() && !(reading instanceof Unreadable);
    }

    /** Grows by one with each hold, so that two can be told apart. */
    long holdsSoFar() {
        return holdsSoFar;
    }

    /** What the file said when requests were forwarded last: empty, or an address; null when it never did. */
    String forwardedTo() {
        return forwarded
                .map(forward ->
                        forward.upstream().map(UpstreamAddress::toString).orElse(""))
                .orElse(null);
    }

    /** Where requests go, or went before they were held. */
    UpstreamAddress upstream() {
        return forwarded.flatMap(Forward::upstream).orElse(configured);
    }

    /** When the file opened the gate; empty when it never was closed before. */
    Optional<Instant> lastRelease() {
        return lastRelease;
    }

    /** Before the first look, which may take its time: nothing passes. */
    void holdUntilRead() {
        gate.closeAtStart(BALANCE_FILE, line());
    }

    /** Keeps what the file said before; where it never said anything, holds. */
    void cannotTell(Unreadable now) {
        if (reading instanceof Unreadable) {
            reading = now;
            gate.close(BALANCE_FILE, line());
        }
    }

    /**
     * Moves the gate to what a settled look says. Where the marker cannot be removed, or the file has changed meanwhile,
     * everything stays as it is until the next look.
     *
     * @param disk looks once more before the gate opens
     */
    void move(Look settled, Disk disk) {
        if (settled.reading() instanceof Forward forward) {
            if (marker.remove() && stillSays(settled, disk)) {
                upstreamSwitch.forward(forward.upstream());
                become(forward);
                gate.open(BALANCE_FILE);
            }
        } else if (settled.reading() instanceof Refuse refuse) {
            become(refuse);
            gate.refuse(BALANCE_FILE, refuse.message());
            upstreamSwitch.hold();
        } else {
            become(settled.reading());
            gate.close(BALANCE_FILE, line());
            upstreamSwitch.hold();
        }
    }

    /**
     * Asked between the removal of the marker and the opening of the gate. A deploy script does "rm balance", waits for the
     * marker, and upgrades; the marker that it sees must not be the one of the hold before, which is just ending:
     *
     * <pre>
     *   T1 (here)                             T2 (the script)
     *   reads "forward"
     *                                         rm balance; sees the marker of the hold before
     *   removes the marker, opens the gate
     *                                         upgrades, while requests are forwarded
     * </pre>
     *
     * Hence this second look. If T2 saw the marker, its rm came before the removal, and we find the file absent. If its rm
     * comes after this look, there is no marker to be seen until the gate is closed again and drained.
     */
    private static boolean stillSays(Look settled, Disk disk) {
        return disk.look().equals(settled);
    }

    /** Brings the marker up to date. Only a hold of the balance file has one: whatever else closes the gate may open it. */
    void mark() {
        if (marks() && gate.isDrained()) {
            marker.write(gate.snapshot());
        } else {
            marker.remove();
        }
    }

    /** At the start, where a crash may have left a marker behind, and at the end. */
    void unmark() {
        marker.remove();
    }

    void hangs() {
        LOG.warning(() ->
                site + ": balance file " + file + " has not been read yet, the file system hangs; requests are held");
    }

    void remind() {
        LOG.warning(() -> site + ": " + line() + "; " + gate.snapshot().held() + " requests wait");
    }

    private void become(BalanceReading now) {
        boolean first = reading instanceof Unreadable;
        boolean held = holds();
        reading = now;
        since = Instant.now();
        if (now instanceof Forward forward) {
            if (first || forwarded.isEmpty() || !forwarded.get().equals(forward)) {
                LOG.info(() ->
                        site + ": forwarding to " + forward.upstream().orElse(configured) + "; balance file " + file);
            }
            forwarded = Optional.of(forward);
            lastRelease = held && !first ? Optional.of(since) : lastRelease;
        } else if (first || !held) {
            holdsSoFar++;
        }
        if (first && now instanceof Absent || now instanceof Malformed) { // else the gate's own log line says it all
            LOG.warning(() -> site + ": " + line());
        }
    }

    private String line() {
        return "balance file " + file + " " + reading.describe();
    }
}
