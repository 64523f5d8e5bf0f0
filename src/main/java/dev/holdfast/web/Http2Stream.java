package dev.holdfast.web;

import jakarta.servlet.ServletRequest;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The stream of a request over HTTP/2, by Tomcat's own classes, found by name: the WAR is compiled without them; the same in 10.1.0
 * to 11.0.25.
 */
final class Http2Stream {
    private static final Logger LOG = Logger.getLogger(Http2Stream.class.getName());
    private static final Handles TOMCAT = find();

    private Http2Stream() {}

    /** Tomcat's. Any thread, while the request is not over; null over HTTP/1.1, and in a container that we do not know. */
    static Object of(ServletRequest request) {
        if (TOMCAT == null) {
            return null;
        }
        ServletRequest facade = Unwrapped.request(request);
        try {
            if (!TOMCAT.facade.isInstance(facade)) {
                return null;
            }
            Object processor = (Object) TOMCAT.processor.invokeExact((Object) facade);
            return TOMCAT.http2.isInstance(processor) ? (Object) TOMCAT.stream.invokeExact(processor) : null;
        } catch (Throwable e) {
            throw Unwrapped.unexpected(e);
        }
    }

    /**
     * Whether it was reset. Through the Servlet API a body that was cut so looks like one that has ended ({@code isFinished()}, a
     * read of -1, {@code onAllDataRead}), until a moment later an error is told. A stream that cannot be written to any more may
     * also be one on which the whole answer has left before the upload's end.
     */
    static boolean isReset(ServletRequest request) {
        Object stream = of(request);
        try {
            return stream != null
                    && !(boolean) TOMCAT.canWrite.invokeExact(stream)
                    && ((Object) TOMCAT.state.invokeExact(stream)).toString().startsWith("CLOSED_RST");
        } catch (Throwable e) {
            throw Unwrapped.unexpected(e);
        }
    }

    private static Handles find() {
        try {
            return Handles.find(Http2Stream.class.getClassLoader());
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.log(Level.INFO, e, () -> "an upload over HTTP/2 that is cut may look whole: no Tomcat that we know");
            return null;
        }
    }

    /**
     * A record, because the JIT takes its fields for constants.
     *
     * @param processor request facade → processor
     * @param stream processor of HTTP/2 → its stream
     * @param canWrite stream → whether it can still be written to; what else its thread has done is seen after that
     * @param state stream → the state it is in
     */
    private record Handles(
            Class<?> facade,
            Class<?> http2,
            MethodHandle processor,
            MethodHandle stream,
            MethodHandle canWrite,
            MethodHandle state) {
        private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
        private static final MethodType TO_OBJECT = MethodType.methodType(Object.class, Object.class);

        static Handles find(ClassLoader loader) throws ReflectiveOperationException {
            TomcatFacade facade = TomcatFacade.ofRequest(loader);
            Class<?> http2 = Class.forName("org.apache.coyote.http2.StreamProcessor", false, loader);
            Class<?> stream = Class.forName("org.apache.coyote.http2.Stream", false, loader);
            MethodHandle states = getter(stream.getSuperclass(), "state");
            Method canWrite = stream.getDeclaredMethod("canWrite");
            canWrite.setAccessible(true);
            return new Handles(
                    facade.type(),
                    http2,
                    MethodHandles.filterReturnValue(facade.toCoyote(), getter(facade.coyote(), "hook"))
                            .asType(TO_OBJECT),
                    getter(http2, "stream").asType(TO_OBJECT),
                    LOOKUP.unreflect(canWrite).asType(MethodType.methodType(boolean.class, Object.class)),
                    MethodHandles.filterReturnValue(states, getter(states.type().returnType(), "state"))
                            .asType(TO_OBJECT));
        }

        private static MethodHandle getter(Class<?> owner, String name) throws ReflectiveOperationException {
            Field field = owner.getDeclaredField(name);
            field.setAccessible(true);
            return LOOKUP.unreflectGetter(field);
        }
    }
}
