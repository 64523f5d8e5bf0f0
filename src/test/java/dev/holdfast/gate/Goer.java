package dev.holdfast.gate;

import java.util.function.Consumer;

/** One that can only be released. */
record Goer(Consumer<Passage> onItsWay) implements Waiter {
    @Override
    public boolean hasLeft() {
        return false;
    }

    @Override
    public void released(Passage passage) {
        onItsWay.accept(passage);
    }

    @Override
    public void turnedAway(Outcome outcome, String message) {
        throw new AssertionError(outcome);
    }

    @Override
    public void abandoned() {
        throw new AssertionError();
    }
}
