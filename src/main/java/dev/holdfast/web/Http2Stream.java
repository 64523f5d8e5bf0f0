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
 * Whether the client has reset the stream of a request over HTTP/2, by Tomcat's own classes, found by name: the WAR is compiled
 * without them; the same in 10.1.0 to 11.0.25. Through the Servlet API a body that was cut so looks like one that has ended
 * ({@code isFinished()}, a read of -1, {@code onAllDataRead}), until a moment later an error is told.
 */
final class Http2Stream {
    private static final Logger LOG = Logger.getLogger(Http2Stream.class.getName());
    private static final Handles TOMCAT = find();

    private Http2Stream() {}

    /** Any thread, while the request is not over; false over HTTP/1.1, and in a container that we do not know. */
    static boolean isReset(ServletRequest request) {
        if (TOMCAT == null) {
            return false;
        }
        ServletRequest facade = Unwrapped.request(request);
        try {
            if (!TOMCAT.facade.isInstance(facade)) {
                return false;
            }
            Object processor = (Object) TOMCAT.processor.invokeExact((Object) facade);
            return TOMCAT.http2.isInstance(processor) && !(boolean) TOMCAT.canWrite.invokeExact(processor);
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
     * @param canWrite processor of HTTP/2 → whether its stream can still be written to
     */
    private record Handles(Class<?> facade, Class<?> http2, MethodHandle processor, MethodHandle canWrite) {
        private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

        static Handles find(ClassLoader loader) throws ReflectiveOperationException {
            TomcatFacade facade = TomcatFacade.ofRequest(loader);
            Class<?> http2 = Class.forName("org.apache.coyote.http2.StreamProcessor", false, loader);
            Class<?> stream = Class.forName("org.apache.coyote.http2.Stream", false, loader);
            MethodHandle processor =
                    MethodHandles.filterReturnValue(facade.toCoyote(), getter(facade.coyote(), "hook"));
            Method canWrite = stream.getDeclaredMethod("canWrite");
            canWrite.setAccessible(true);
            return new Handles(
                    facade.type(),
                    http2,
                    processor.asType(MethodType.methodType(Object.class, Object.class)),
                    MethodHandles.filterReturnValue(getter(http2, "stream"), LOOKUP.unreflect(canWrite))
                            .asType(MethodType.methodType(boolean.class, Object.class)));
        }

        private static MethodHandle getter(Class<?> owner, String name) throws ReflectiveOperationException {
            Field field = owner.getDeclaredField(name);
            field.setAccessible(true);
            return LOOKUP.unreflectGetter(field);
        }
    }
}
