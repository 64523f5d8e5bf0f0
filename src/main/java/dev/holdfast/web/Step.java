package dev.holdfast.web;

import dev.holdfast.gate.Outcome;
import dev.holdfast.gate.Passage;
import dev.holdfast.proxy.Failure;
import dev.holdfast.proxy.Tunnel;

/** What is to be done with a request that has waited, when the container has it again. */
sealed interface Step {
    /** It was held, and may go on now. */
    record Released(Passage passage) implements Step {}

    /** It was not let in. */
    record TurnedAway(Outcome outcome, String message) implements Step {}

    /** The upstream refused the connection: back to its place. */
    record HoldAgain() implements Step {}

    /** There is no answer of the upstream to pass on. */
    record Failed(Failure failure) implements Step {}

    /**
     * The client left, or takes and sends nothing any more.
     *
     * @param status for the access log, and for a client that is still there
     */
    record ClientGone(int status) implements Step {}
    /** The upstream switched to another protocol. */
    record Switched(Tunnel tunnel) implements Step {}

    /** The upstream broke off its answer: the client must not take it for the end. */
    record Cut() implements Step {}

    /**
     * The container has failed to write the head of the upstream's answer. Tomcat then has prepared how to write its body, and goes on to do
     * that with the next: in chunks, or, after 204 and 304, not at all.
     */
    record Unwritable() implements Step {}
}
