package dev.holdfast.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Tells what happens in the demo, and upgrades the sample site when nobody talks to it. Confined to one thread.
 *
 * <pre>
 *   FORWARDING ──file gone──▶ DRAINING ──drained──▶ DOWN ──some seconds──▶ UPGRADED
 *       ▲                        │                   │                       │
 *       └──────── file back ─────┴───────────────────┴───────────────────────┘
 * </pre>
 */
final class DemoStory {
    private static final Duration UPGRADE_TIME = Duration.ofSeconds(2);

    private enum Chapter {
        FORWARDING,
        DRAINING,
        DOWN,
        UPGRADED
    }

    private final String balance;
    private final SampleSite site;
    private final Consumer<String> teller;
    private Chapter chapter = Chapter.FORWARDING;
    private long closedNanos;
    private long downNanos;
    private int waiting;

    DemoStory(Path balance, SampleSite site, Consumer<String> teller) {
        this.balance = balance.getFileName().toString();
        this.site = site;
        this.teller = teller;
    }

    /**
     * Goes on with what can be seen now.
     *
     * @param present whether the balance file exists
     * @param drained whether the drained marker exists
     * @param held how many requests wait
     */
    void look(boolean present, boolean drained, int held, long nanos) throws StartException {
        if (!present && chapter == Chapter.FORWARDING) {
            chapter = Chapter.DRAINING;
            closedNanos = nanos;
            teller.accept(balance + " is gone: new requests wait, those in flight finish");
        }
        if (!present && chapter == Chapter.DRAINING && drained) {
            chapter = Chapter.DOWN;
            downNanos = nanos;
            site.close();
            teller.accept("drained: nobody talks to the site any more, so version " + site.version() + " is stopped");
        }
        if (chapter == Chapter.DOWN && nanos - downNanos >= UPGRADE_TIME.toNanos()) {
            chapter = Chapter.UPGRADED;
            site.start();
            teller.accept("version " + site.version() + " of the site is up; touch " + balance
                    + " lets those who wait go through");
        }
        if (held > waiting) {
            teller.accept(held + " waiting");
        }
        int released = waiting;
        waiting = held;
        // The upgrade goes on where the file came back too early; Holdfast waits for the site then.
        if (present && (chapter == Chapter.DRAINING || chapter == Chapter.UPGRADED)) {
            chapter = Chapter.FORWARDING;
            teller.accept(String.format(
                    Locale.ROOT,
                    "%s is back after %.1f s: %d released",
                    balance,
                    (nanos - closedNanos) / 1e9,
                    released));
        }
    }
}
