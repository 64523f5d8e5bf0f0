package dev.holdfast.cli;

/** The exit codes; for a deploy script to go by, so their meaning does not change. */
final class Exit {
    static final int DONE = 0;

    /** The time is over; or, where Holdfast itself was to run, it could not start. */
    static final int NOT_DONE = 1;

    /** Somebody else did the opposite meanwhile. */
    static final int UNDONE = 2;

    /** Wrong usage, a file that cannot be read or written, or no Holdfast that answers. */
    static final int FAILED = 3;

    private Exit() {}
}
