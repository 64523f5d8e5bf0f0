package dev.holdfast.gate;

/** Who is on a {@link Passage}, for lists of those in flight. Asked in any thread, while the request goes on. */
public interface Traveller {
    /** As the client sent it. */
    String method();

    /** As the client sent it, query and all; what is shown of it is not for the traveller to decide. */
    String target();
}
