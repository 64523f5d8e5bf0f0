package dev.holdfast.cli;

import dev.holdfast.config.UpstreamAddress;
import java.io.IOException;
import java.time.Duration;

/** What a command moves and waits for: the Holdfast that watches a balance file, or a fleet that has one switch. For one command. */
interface Target extends AutoCloseable {
    /** Returns what was done, to be told; as do the others. */
    String hold() throws IOException, InterruptedException;

    /** Requests go where they went before. */
    String release() throws IOException, InterruptedException;

    String releaseTo(UpstreamAddress upstream) throws IOException, InterruptedException;

    String refuse(String message) throws IOException, InterruptedException;

    /**
     * Waits, says how it ended, and returns the exit code.
     *
     * @param limit null for as long as it takes unless something is wrong
     */
    int until(Goal goal, Duration limit) throws IOException, CommandException, InterruptedException;

    /** Says how it is, and returns the exit code. */
    int answer(boolean json) throws IOException, CommandException, InterruptedException;

    @Override
    default void close() {}
}
