package dev.holdfast.cluster.model;

/** Small numbers in one long, read in the order in which they were put. */
final class Bits {
    private long word;
    private int used;

    Bits() {}

    Bits(long word) {
        this.word = word;
    }

    Bits put(int value, int width) {
        if (value < 0 || value >= 1 << width || used + width > Long.SIZE) {
            throw new IllegalArgumentException(value + " in " + width + " bits behind " + used);
        }
        word |= (long) value << used;
        used += width;
        return this;
    }

    Bits put(boolean value) {
        return put(value ? 1 : 0, 1);
    }

    int take(int width) {
        int value = (int) (word >>> used) & ((1 << width) - 1);
        used += width;
        return value;
    }

    boolean take() {
        return take(1) == 1;
    }

    long word() {
        return word;
    }
}
