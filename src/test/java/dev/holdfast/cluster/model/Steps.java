package dev.holdfast.cluster.model;

import java.util.function.Consumer;

/** Takes what can happen next. */
interface Steps {
    /**
     * @param what in words
     * @param kind whether it is to be relied on
     * @param change done to a world of its own
     */
    void can(String what, Kind kind, Consumer<World> change);

    /** Whether something happens in the end, if it can. */
    enum Kind {
        /** Done by a program that runs. */
        SURE,
        /** Bad luck, or somebody's decision. */
        LUCK
    }
}
