package dev.holdfast.proxy;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Told how an exchange goes. Of {@link #refused}, {@link #heldBack}, {@link #failed}, {@link #switched}, {@link #cut} and
 * {@link #clientGone} at most one is called, and once; none when the container itself reports that the client left. Any thread; no method may
 * block if it does not say so.
 */
public interface ExchangeListener {
    /** Whether the request may go to the upstream: asked right before the first byte of it would. */
    boolean mayBegin();

    /** It may not, and the upstream has seen nothing of it; its body is unread. */
    void heldBack();

    /**
     * The upstream began to answer.
     *
     * @param status of the answer
     * @param stream the answer is an event stream or a tunnel, which has no end of its own
     */
    void answered(int status, boolean stream);

    /**
     * The upstream's answer is coming, and an interim one is to go to the client before it, at once. HTTP/2 only; on a container's
     * thread, which it may block.
     *
     * @param fields names and values, in the order in which they came
     * @throws IOException if the client is not there any more
     */
    void interim(int status, List<Map.Entry<String, String>> fields) throws IOException;

    /**
     * The head of an answer with a body of known length is with the container, over HTTP/2. The container is not to take the last
     * byte for the end of anything.
     */
    void headSent();

    /**
     * The answer's head is about to be written, and neither body nor trailers follow it. HTTP/2 only; on a container's thread.
     *
     * @throws IOException if the container gives no access to the streams
     */
    void headIsAll() throws IOException;

    /**
     * Nobody wants the rest of the upload any more: the container is not to mind where it ends, whatever length was announced.
     * HTTP/2 only; before anything of the response is with the container, while the request is not over.
     */
    void uploadUnwanted();

    /** Whether requests like it are held while the gate is closed. */
    boolean waitsAtTheGate();

    /** Whether the client has reset the stream of this request. HTTP/2 only; any thread, while the request is not over. */
    boolean isReset();

    /** The upstream has nothing more to do with this request. Possibly told twice; not where it {@link #refused}, or where the request was {@link #heldBack}. */
    void upstreamDone();

    /** The upstream refuses connections, and has seen nothing of the request, whose body is unread. */
    void refused(String detail);

    /** There is no answer of the upstream to pass on, and nothing has been sent to the client. */
    void failed(Failure failure, String detail);

    /**
     * The client takes or sends nothing for too long, or has left unseen by the container. The upstream is done already.
     *
     * @param tooSlow it may still be there
     */
    void clientGone(boolean tooSlow, String detail);

    /** The client left, or is too slow, whoever noticed it; to be counted. Once; for the clients of tunnels not at all. */
    void clientLeft();

    /**
     * Makes what looks whether the client has left, and never waits. Called during the exchange, from any thread; what it makes is
     * used only if the exchange still went on after that. HTTP/1.1 only.
     */
    ClientLook clientLook();

    /** A look at the client of one exchange. */
    interface ClientLook {
        /**
         * @param bodyIsRead whether a body of the request has been read to its end. Without a body either is right
         * @param endless whether nothing but this look would ever end the exchange; so a client that sends on until nothing more of
         *     it can be seen is then taken for one that has left
         */
        boolean hasLeft(boolean bodyIsRead, boolean endless);
    }

    /** The upstream switches to another protocol: the client is to be told, and its connection to join the tunnel. */
    void switched(Tunnel tunnel);

    /** The answer broke off: the client's connection is to be cut, since it must not look like an end. */
    void cut(String detail);

    /** The container cannot write the answer of the upstream; whatever it writes instead, it may not write as it is. */
    void unwritable(String detail);
}
