package dev.holdfast.balance;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.holdfast.balance.BalanceReading.Forward;
import dev.holdfast.balance.BalanceReading.Unreadable;
import dev.holdfast.balance.Disk.Look;
import dev.holdfast.config.BalanceSettings;
import dev.holdfast.config.UpstreamAddress;
import dev.holdfast.gate.Gate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * Makes the gate of one site follow its balance file: looks at it at each poll, when its directory changes and when the gate
 * is drained. Opens the gate on nothing but a file that was read and says so. Thread-safe; started and stopped once; all
 * work is done on the balance thread, so that looks and moves come one after the other.
 */
public final class BalanceWatcher {
    private final BalanceSettings settings;
    private final Gate gate;
    private final Disk disk;
    private final Timing timing;
    private final String file;
    private final BalanceThread thread;
    private final CountDownLatch firstReading = new CountDownLatch(1);
    private volatile BalanceSnapshot snapshot;

    // Confined to the balance thread, all below.
    private final BalanceSwitch balanceSwitch;
    private final Settling settling;
    private final DirectoryWatch watch;
    private final Complaint readError;
    private final Complaint failure;
    private final StatusKeeper status;
    private final PageFile page;
    private boolean statusTicks;
    private long remindedNanos = System.nanoTime();

    /**
     * @param site its name, for log and thread names
     * @param configured where requests go unless the file says otherwise; for log and status file
     * @param upstreamSwitch told where requests go
     */
    public BalanceWatcher(
            String site,
            BalanceSettings settings,
            UpstreamAddress configured,
            Gate gate,
            UpstreamSwitch upstreamSwitch) {
        this(site, settings, configured, gate, upstreamSwitch, new BalanceFile(settings.file()), Timing.USUAL);
    }

    BalanceWatcher(
            String site,
            BalanceSettings settings,
            UpstreamAddress configured,
            Gate gate,
            UpstreamSwitch upstreamSwitch,
            Disk disk,
            Timing timing) {
        this.settings = settings;
        this.gate = gate;
        this.disk = disk;
        this.timing = timing;
        file = "balance file " + settings.file();
        thread = new BalanceThread("holdfast-balance-" + site, this::look);
        balanceSwitch = new BalanceSwitch(site, settings.file(), configured, gate, upstreamSwitch);
        settling = new Settling(timing.settle());
        watch = new DirectoryWatch(settings.file(), "holdfast-watch-" + site, thread::lookSoon, new Complaint(site));
        readError = new Complaint(site);
        failure = new Complaint(site);
        status = new StatusKeeper(
                new StatusReport.Origin(site, settings.file(), settings.pollInterval(), Instant.now()),
                balanceSwitch,
                gate,
                new StatusFile(settings.file(), new Complaint(site)));
        page = new PageFile(settings.file(), new Complaint(site));
        publish();
    }

    /**
     * Closes the gate, reads the file and moves the gate to what it says. To be called before the first request; returns
     * when the file has been read, or after 5 s with the gate still closed.
     */
    public void start() {
        balanceSwitch.holdUntilRead();
        gate.onDrained(thread::lookSoon);
        thread.start(balanceSwitch::unmark, settings.pollInterval());
        try {
            if (!firstReading.await(timing.patience().toNanos(), NANOSECONDS)) {
                balanceSwitch.hangs();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Removes the drained marker, says in the status file that it is over, and ends both threads; waits up to 5 s where the file system hangs. The gate stays as it
     * is. A second call does nothing.
     */
    public void stop() {
        try {
            thread.stop(this::end, timing.patience());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is known of the file now. Any thread; costs nothing. */
    public BalanceSnapshot snapshot() {
        return snapshot;
    }

    /**
     * The text of the page that the operator wants shown to whoever is turned away; empty where there is none. Any thread; costs
     * nothing: the file is looked at when the balance file is, while the gate is closed.
     */
    public Optional<String> page() {
        return page.text();
    }

    private void look() {
        boolean settled = true;
        try {
            if (settings.watch()) {
                watch.renew(disk);
            }
            Look look = disk.look();
            if (gate.isShut() || !(look.reading() instanceof Forward)) {
                page.renew(); // before the gate moves, and sends somebody away
            }
            settled = follow(look);
            balanceSwitch.mark();
            if (settled) {
                keepStatus();
            }
            remind(System.nanoTime());
            failure.over(file + " is followed again");
        } catch (RuntimeException | Error e) {
            failure.say(file + " cannot be followed, trying again at the next poll: " + e, e);
        }
        publish();
        if (settled) {
            firstReading.countDown();
        }
    }

    /** Returns false when the file has to settle first. */
    private boolean follow(Look look) {
        long remainingNanos = settling.remainingNanos(look, System.nanoTime());
        if (look.reading() instanceof Unreadable unreadable) {
            balanceSwitch.cannotTell(unreadable);
            String kept = balanceSwitch.holds() ? "held" : "forwarded";
            readError.say(file + " " + unreadable.describe() + "; requests are still " + kept);
            return true;
        }
        readError.over(file + " can be read again");
        if (look.reading().equals(balanceSwitch.reading())) {
            return true;
        }
        if (remainingNanos > 0) {
            thread.lookIn(remainingNanos);
            return false;
        }
        balanceSwitch.move(look, disk);
        return true;
    }

    private void keepStatus() {
        if (status.keep(readError.said(), System.nanoTime()) && !statusTicks) {
            statusTicks = true;
            thread.runIn(this::statusTick, StatusKeeper.TICK);
        }
    }

    private void statusTick() {
        statusTicks = false; // where this throws, the next look begins anew
        keepStatus();
    }

    private void remind(long nowNanos) {
        if (!balanceSwitch.holds()) {
            remindedNanos = nowNanos;
        } else if (nowNanos - remindedNanos >= timing.reminder().toNanos()) {
            remindedNanos = nowNanos;
            balanceSwitch.remind();
        }
    }

    private void publish() {
        snapshot = new BalanceSnapshot(
                settings.file(),
                balanceSwitch.reading(),
                balanceSwitch.since(),
                Instant.now(),
                readError.said(),
                balanceSwitch.marks());
    }

    private void end() {
        balanceSwitch.unmark();
        status.stopped();
        watch.close();
    }

    /**
     * The times that are no settings.
     *
     * @param settle how long a file must look the same to be taken for complete
     * @param reminder how often the log says that requests are held
     * @param patience longest wait for the file system at start and stop
     */
    record Timing(Duration settle, Duration reminder, Duration patience) {
        static final Timing USUAL = new Timing(Duration.ofMillis(5), Duration.ofSeconds(30), Duration.ofSeconds(5));
    }
}
