package dev.holdfast.proxy;

/** An exchange without an end of its own: an event stream or a tunnel. */
interface OpenStream {
    /** Is to end now, in the way that makes its client come again. Any thread; told again it does nothing. */
    void endForRestart();

    /** Whether one like it would be held now, and may be ended therefore. */
    boolean waitsAtTheGate();

    /** Called a few times a second, for what is to happen at some time. */
    void look(long nowNanos);
}
