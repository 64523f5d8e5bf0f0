package dev.holdfast.gate;

/**
 * A decision that is taken and has still to be told to the one it concerns.
 *
 * @param message for the client of one who is turned away
 * @param passage of one who is released; else null
 */
record Departure(Waiter waiter, Outcome outcome, String message, Passage passage) {}
