package dev.holdfast.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What Tomcat can do over HTTP/2 and the Servlet API has no word for, by its own classes, found by name: the WAR is compiled without
 * them; the same in 10.1.6 to 11.0.25. To be called by whoever writes to the client.
 */
final class Http2Answer {
    private static final Logger LOG = Logger.getLogger(Http2Answer.class.getName());
    private static final Handles TOMCAT = find();

    private Http2Answer() {}

    /**
     * An interim response, past the response that is to follow: Tomcat's own way, {@code sendError(103)}, sends the fields of that
     * one, which another thread may just be setting.
     */
    static void send(ServletRequest request, int status, List<Map.Entry<String, String>> fields) throws IOException {
        Object stream = TOMCAT == null ? null : Http2Stream.of(request);
        if (stream == null) {
            return;
        }
        try {
            Object head = (Object) TOMCAT.newHead.invokeExact();
            TOMCAT.addField.invokeExact(head, ":status", Integer.toString(status));
            for (Map.Entry<String, String> field : fields) {
                TOMCAT.addField.invokeExact(head, field.getKey(), field.getValue());
            }
            TOMCAT.writeHead.invokeExact(stream, head);
        } catch (IOException clientGone) {
            throw clientGone;
        } catch (Throwable e) {
            throw Unwrapped.unexpected(e);
        }
    }

    /**
     * The head, which is written next, ends the stream. Tomcat does so by itself only where the status allows no body; after others it sends
     * an empty piece, and a gRPC client takes a status that is in the head then for no status at all. Nothing happens where
     * somebody stands between us and Tomcat who might have something to add.
     */
    static void endWithHead(AsyncContext context) throws IOException {
        Object stream = TOMCAT == null ? null : Http2Stream.of(context.getRequest());
        ServletResponse response = context.getResponse();
        if (stream != null
                && response.getOutputStream() == Unwrapped.response(response).getOutputStream()) {
            try {
                TOMCAT.endWithHead.invokeExact(stream);
            } catch (Throwable e) {
                throw Unwrapped.unexpected(e);
            }
        }
    }

    private static Handles find() {
        try {
            return Handles.find(Http2Answer.class.getClassLoader());
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.log(
                    Level.INFO,
                    e,
                    () -> "over HTTP/2 no answer ends with its head, and hints (103) end here: no Tomcat that we know");
            return null;
        }
    }

    /**
     * A record, because the JIT takes its fields for constants.
     *
     * @param endWithHead stream → nothing
     * @param newHead nothing → a head without fields
     * @param addField head, name, value → nothing
     * @param writeHead stream, head → nothing: to the client, and something follows
     */
    private record Handles(
            MethodHandle endWithHead, MethodHandle newHead, MethodHandle addField, MethodHandle writeHead) {
        private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
        private static final int PIECE = 1024; // as Tomcat; it takes as many as it needs

        static Handles find(ClassLoader loader) throws ReflectiveOperationException {
            Class<?> stream = Class.forName("org.apache.coyote.http2.Stream", false, loader);
            Class<?> head = Class.forName("org.apache.tomcat.util.http.MimeHeaders", false, loader);
            Class<?> value = Class.forName("org.apache.tomcat.util.buf.MessageBytes", false, loader);
            MethodHandle add = LOOKUP.findVirtual(head, "addValue", MethodType.methodType(value, String.class));
            MethodHandle set = LOOKUP.findVirtual(value, "setString", MethodType.methodType(void.class, String.class));
            return new Handles(
                    opened(stream.getDeclaredMethod("configureVoidOutputFilter"))
                            .asType(MethodType.methodType(void.class, Object.class)),
                    LOOKUP.findConstructor(head, MethodType.methodType(void.class))
                            .asType(MethodType.methodType(Object.class)),
                    MethodHandles.collectArguments(set, 0, add)
                            .asType(MethodType.methodType(void.class, Object.class, String.class, String.class)),
                    writer(stream, head).asType(MethodType.methodType(void.class, Object.class, Object.class)));
        }

        /** Of the connection, to which the stream leads. */
        private static MethodHandle writer(Class<?> stream, Class<?> head) throws ReflectiveOperationException {
            Field connection = stream.getDeclaredField("handler");
            connection.setAccessible(true);
            MethodHandle write;
            try {
                write = opened(
                        connection.getType().getDeclaredMethod("writeHeaders", stream, head, boolean.class, int.class));
            } catch (NoSuchMethodException tomcat10) { // which has a stream to be pushed, too
                write = MethodHandles.insertArguments(
                        opened(connection
                                .getType()
                                .getDeclaredMethod("writeHeaders", stream, int.class, head, boolean.class, int.class)),
                        2,
                        0);
            }
            MethodHandle goesOn = MethodHandles.insertArguments(write, 3, false, PIECE);
            MethodHandle ofStream = MethodHandles.filterArguments(goesOn, 0, LOOKUP.unreflectGetter(connection));
            return MethodHandles.permuteArguments(ofStream, MethodType.methodType(void.class, stream, head), 0, 0, 1);
        }

        private static MethodHandle opened(Method method) throws ReflectiveOperationException {
            method.setAccessible(true);
            return LOOKUP.unreflect(method);
        }
    }
}
