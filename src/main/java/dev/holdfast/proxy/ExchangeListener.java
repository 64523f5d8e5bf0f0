package dev.holdfast.proxy;

/**
 * Told how an exchange goes. Of {@link #refused}, {@link #failed} and {@link #cut} at most one is called, and once; none when the client left, which the container itself reports. Any thread; no method may block.
 */
public interface ExchangeListener {
    /**
     * The upstream began to answer.
     *
     * @param stream the answer is an event stream, which has no end of its own
     */
    void answered(boolean stream);

    /** The upstream has nothing more to do with this request. Possibly told twice; not where it {@link #refused}. */
    void upstreamDone();

    /** The upstream refuses connections, and has seen nothing of the request, whose body is unread. */
    void refused(String detail);

    /** There is no answer of the upstream to pass on, and nothing has been sent to the client. */
    void failed(Failure failure, String detail);

    /** The answer broke off: the client's connection is to be cut, since it must not look like an end. */
    void cut(String detail);
}
