package dev.holdfast.proxy;

import jakarta.servlet.ServletInputStream;

/**
 * Whether a request's body has come to its end, and all of it has been read. Over HTTP/2, Tomcat's word for that may be wrong
 * once, in {@code Stream.isRequestBodyFullyRead}, since the connection's thread adds to a body without a lock:
 *
 * <pre>
 *   T1 (here)                          T2 (the connection's thread)
 *   sees that nothing is unread
 *                                      adds the last piece, and the end
 *   sees that the end has come:
 *   "finished"
 * </pre>
 *
 * Once the end has come nothing more is added: who asks again is told the truth. In the same moment {@code isReady()}
 * may be false without a call that follows; the {@link ClientWatch}, which looks after uploads each second, cures that.
 */
final class BodyEnd {
    private BodyEnd() {}

    static boolean isReached(ServletInputStream in) {
        return in.isFinished() && in.isFinished();
    }
}
