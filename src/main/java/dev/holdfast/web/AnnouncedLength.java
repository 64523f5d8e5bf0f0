package dev.holdfast.web;

import jakarta.servlet.ServletResponse;
import java.lang.invoke.MethodHandle;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Makes Tomcat forget the length that a response has announced, by its own classes, found by name: the WAR is compiled without
 * them.
 *
 * <p>Tomcat 11 closes a response in the {@code write} that brings the last byte of that length, and closing flushes in the
 * way that blocks (Servlet 6.1, section 5.7; {@code OutputBuffer.updateBytesWritten}). Over HTTP/2 the thread then waits for
 * the client to grant a window, but since there is a WriteListener Tomcat tells that one of it, and not the thread
 * ({@code WindowAllocationManager.notify}): it waits for Tomcat's {@code writeTimeout}, and longer than that for nobody, for
 * Tomcat then closes the connection with all its streams.
 */
final class AnnouncedLength {
    private static final Logger LOG = Logger.getLogger(AnnouncedLength.class.getName());
    private static final Handles TOMCAT = find();

    private AnnouncedLength() {}

    /** To be called when the head has left, and before the last byte of the body is written. Not over HTTP/1.1. */
    static void forget(ServletResponse response) {
        if (TOMCAT == null) {
            return;
        }
        ServletResponse facade = Unwrapped.response(response);
        try {
            if (TOMCAT.facade.isInstance(facade)) {
                TOMCAT.setLength.invokeExact((Object) facade, -1L);
            }
        } catch (Throwable e) {
            throw Unwrapped.unexpected(e);
        }
    }

    private static Handles find() {
        try {
            return Handles.find(AnnouncedLength.class.getClassLoader());
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.log(
                    Level.INFO,
                    e,
                    () -> "a client over HTTP/2 that takes nothing may stop a thread: no Tomcat that we know");
            return null;
        }
    }

    /**
     * A record, because the JIT takes its fields for constants.
     *
     * @param setLength response facade, length → nothing
     */
    private record Handles(Class<?> facade, MethodHandle setLength) {
        static Handles find(ClassLoader loader) throws ReflectiveOperationException {
            TomcatFacade facade = TomcatFacade.ofResponse(loader);
            return new Handles(facade.type(), facade.lengthSetter());
        }
    }
}
