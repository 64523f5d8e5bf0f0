package dev.holdfast.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What Tomcat can do over HTTP/2 and the Servlet API has no word for, by its own classes, found by name: the WAR is compiled without
 * them; the same in 10.1.6 to 11.0.25. To be called by whoever writes to the client.
 */
final class Http2Answer {
    private static final Logger LOG = Logger.getLogger(Http2Answer.class.getName());
    private static final MethodHandle END_WITH_HEAD = find();

    private Http2Answer() {}

    /**
     * The head, which is written next, ends the stream. Tomcat does so by itself only where the status allows no body; after others it sends
     * an empty piece, and a gRPC client takes a status that is in the head then for no status at all. Nothing happens where
     * somebody stands between us and Tomcat who might have something to add.
     */
    static void endWithHead(AsyncContext context) throws IOException {
        if (END_WITH_HEAD == null) {
            return;
        }
        ServletResponse response = context.getResponse();
        Object stream = Http2Stream.of(context.getRequest());
        if (stream != null
                && response.getOutputStream() == Unwrapped.response(response).getOutputStream()) {
            try {
                END_WITH_HEAD.invokeExact(stream);
            } catch (Throwable e) {
                throw Unwrapped.unexpected(e);
            }
        }
    }

    private static MethodHandle find() {
        try {
            Method method = Class.forName("org.apache.coyote.http2.Stream", false, Http2Answer.class.getClassLoader())
                    .getDeclaredMethod("configureVoidOutputFilter");
            method.setAccessible(true);
            return MethodHandles.lookup().unreflect(method).asType(MethodType.methodType(void.class, Object.class));
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.log(Level.INFO, e, () -> "an answer over HTTP/2 never ends with its head: no Tomcat that we know");
            return null;
        }
    }
}
