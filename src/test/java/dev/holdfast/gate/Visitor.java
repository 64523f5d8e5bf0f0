package dev.holdfast.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** One request: passes or waits, and notes what the gate tells it. */
final class Visitor implements Waiter {
    /** All that it was told, in that order: "released", "abandoned", or an outcome and the message. */
    final List<String> told = new ArrayList<>();

    final Object client;
    /** Null where it did not pass, or not yet. */
    Passage passage;
    /** Null where it passed at once. */
    HeldRequest held;

    int asked;
    BooleanSupplier hasLeft = () -> false;
    Runnable whenTold = () -> {};
    Optional<Duration> patience = Optional.empty();

    Visitor(Object client) {
        this.client = client;
    }

    void leaves() {
        hasLeft = () -> true;
    }

    @Override
    public boolean hasLeft() {
        asked++;
        return hasLeft.getAsBoolean();
    }

    @Override
    public Optional<Duration> patience() {
        return patience;
    }

    @Override
    public void released(Passage released) {
        passage = released;
        isTold("released");
    }

    @Override
    public void turnedAway(Outcome outcome, String message) {
        isTold(message.isEmpty() ? outcome.name() : outcome + ": " + message);
    }

    @Override
    public void abandoned() {
        isTold("abandoned");
    }

    private void isTold(String what) {
        told.add(what);
        whenTold.run();
    }
}
