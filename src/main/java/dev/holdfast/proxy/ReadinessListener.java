package dev.holdfast.proxy;

/** Told what comes of asking an upstream whether it is ready. On the upstream's timer thread, and never after the end. */
public interface ReadinessListener {
    /**
     * Not yet; it will be asked again.
     *
     * @param seen one line for the operator: what was seen, for how long, how often it was tried
     */
    void notReady(String seen);

    /**
     * It is; nobody asks any more.
     *
     * @param seen as above
     */
    void ready(String seen);
}
