package dev.holdfast.web;

import jakarta.servlet.ServletRequest;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Makes Tomcat forget the length that a request over HTTP/2 has announced, by its own classes, found by name: the WAR is compiled
 * without them.
 *
 * <p>A client that hears in the middle of its upload that nobody wants it may stop by simply ending it: curl 7.88 does, as soon as
 * it has the head of the answer. Tomcat then finds the request malformed, which it is (RFC 9113, section 8.1.1), and resets the
 * stream; what of the answer has not left by then never does. Without a length any end is a good one.
 */
final class UploadLength {
    private static final Logger LOG = Logger.getLogger(UploadLength.class.getName());
    private static final Handles TOMCAT = find();

    private UploadLength() {}

    /** To be called before anything of the answer leaves, while the request is not over. Not over HTTP/1.1. */
    static void forget(ServletRequest request) {
        if (TOMCAT == null) {
            return;
        }
        ServletRequest facade = Unwrapped.request(request);
        try {
            if (TOMCAT.facade.isInstance(facade)) {
                // In this order: T2 (the connection's thread) looks at the fields only while the length is not known.
                TOMCAT.removeField.invokeExact((Object) facade, "content-length");
                TOMCAT.setLength.invokeExact((Object) facade, -1L);
            }
        } catch (Throwable e) {
            throw Unwrapped.unexpected(e);
        }
    }

    private static Handles find() {
        try {
            return Handles.find(UploadLength.class.getClassLoader());
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.log(
                    Level.INFO,
                    e,
                    () ->
                            "an early answer over HTTP/2 may be lost to a client that ends its upload: no Tomcat that we know");
            return null;
        }
    }

    /**
     * A record, because the JIT takes its fields for constants.
     *
     * @param removeField request facade, name → nothing
     * @param setLength request facade, length → nothing
     */
    private record Handles(Class<?> facade, MethodHandle removeField, MethodHandle setLength) {
        static Handles find(ClassLoader loader) throws ReflectiveOperationException {
            TomcatFacade facade = TomcatFacade.ofRequest(loader);
            Class<?> fields = Class.forName("org.apache.tomcat.util.http.MimeHeaders", false, loader);
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            MethodHandle toFields = MethodHandles.filterReturnValue(
                    facade.toCoyote(),
                    lookup.findVirtual(facade.coyote(), "getMimeHeaders", MethodType.methodType(fields)));
            MethodHandle remove =
                    lookup.findVirtual(fields, "removeHeader", MethodType.methodType(void.class, String.class));
            return new Handles(
                    facade.type(),
                    MethodHandles.filterArguments(remove, 0, toFields)
                            .asType(MethodType.methodType(void.class, Object.class, String.class)),
                    facade.lengthSetter());
        }
    }
}
