package dev.holdfast.cluster.model;

import java.util.Arrays;

/** The states that have been seen, numbered in the order in which they were; each is a few longs. */
final class StateTable {
    private final int width;
    private long[] states;
    private int[] slots = new int[1 << 16]; // number + 1
    private int size;

    StateTable(int width) {
        this.width = width;
        this.states = new long[width << 14];
    }

    int size() {
        return size;
    }

    /** To be read from {@link #at} on. */
    long[] states() {
        return states;
    }

    int at(int number) {
        return number * width;
    }

    /** Its number; negative, less one, where it was there before. */
    int add(long[] state) {
        int slot = slotOf(state, 0);
        if (slots[slot] != 0) {
            return -slots[slot];
        }
        if ((size + 1) * width > states.length) {
            states = Arrays.copyOf(states, 2 * states.length);
        }
        System.arraycopy(state, 0, states, at(size), width);
        slots[slot] = ++size;
        if (size > slots.length / 2) {
            grow();
        }
        return size - 1;
    }

    private void grow() {
        slots = new int[2 * slots.length];
        for (int number = 0; number < size; number++) {
            slots[slotOf(states, at(number))] = number + 1;
        }
    }

    private int slotOf(long[] words, int from) {
        long hash = 0;
        for (int i = 0; i < width; i++) {
            hash = (hash ^ words[from + i]) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        int slot = (int) (hash >>> 17) & (slots.length - 1);
        while (slots[slot] != 0 && !isAt(at(slots[slot] - 1), words, from)) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    private boolean isAt(int place, long[] words, int from) {
        for (int i = 0; i < width; i++) {
            if (states[place + i] != words[from + i]) {
                return false;
            }
        }
        return true;
    }
}
