package dev.holdfast.gate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Says who is in flight; how many are is the {@link Turnstile}'s to count. A slot is claimed with one compare-and-set and
 * cleared with one write: no lock, no allocation. One that finds no slot in a few tries is not listed, which only a crowd
 * brings about; those who are stuck were there before it. Thread-safe.
 */
final class InFlightRegister {
    private static final int SLOTS = 1 << 11;
    private static final int TRIES = 8;
    /** Each thread has a home of its own, so that threads do not fight for the same cache lines. */
    private static final int HOME = 1 << 6;
    /** From home to home, and on by a few. */
    private static final int STEP = HOME + 5;

    static final int NOT_LISTED = -1;

    private final AtomicReferenceArray<Passage> slots = new AtomicReferenceArray<>(SLOTS);

    /** Lists the passage, where there is a slot, and tells it which. */
    void enter(Passage passage, long passedNanos) {
        int home = (int) Thread.currentThread().getId() * HOME;
        int slot = home + ((int) (passedNanos * 0x9E3779B97F4A7C15L >>> 58));
        for (int i = 0; i < TRIES; i++) {
            slot &= SLOTS - 1;
            if (slots.getPlain(slot) == null) {
                passage.slot = slot; // published by what follows
                if (slots.compareAndSet(slot, null, passage)) {
                    return;
                }
            }
            slot += STEP;
        }
        passage.slot = NOT_LISTED;
    }

    /** To be called once. */
    void leave(Passage passage) {
        if (passage.slot != NOT_LISTED) {
            slots.setRelease(passage.slot, null);
        }
    }

    /** Who has been in flight for longest first; at most so many. */
    List<Passage> oldest(int most) {
        List<Passage> listed = new ArrayList<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            Passage passage = slots.get(slot);
            if (passage != null) {
                listed.add(passage);
            }
        }
        long base = listed.isEmpty() ? 0 : listed.get(0).passedNanos(); // nano times compare by difference alone
        listed.sort(Comparator.comparingLong(passage -> passage.passedNanos() - base));
        return List.copyOf(listed.subList(0, Math.min(most, listed.size())));
    }
}
