package dev.holdfast.web;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * How much of a request's body somebody has read, by Tomcat's own classes, found by name: the WAR is compiled without them; the
 * same in 10.1.0 to 11.0.25. The Servlet API tells only whether a body has come to its end, and over HTTP/2 not even whether there
 * was one; what follows a part that is missing would look like a whole body wherever no length says how long it is.
 */
final class GivenOut {
    private static final Logger LOG = Logger.getLogger(GivenOut.class.getName());
    private static final Handles TOMCAT = find();

    private GivenOut() {}

    /** On the container's thread. 0 in a container that we do not know, and where a filter gives us a body of its own. */
    static long bytes(HttpServletRequest request) throws IOException {
        if (TOMCAT == null) {
            return 0;
        }
        ServletRequest facade = Unwrapped.request(request);
        try {
            boolean own = TOMCAT.facade.isInstance(facade) && request.getInputStream() == facade.getInputStream();
            return own ? (long) TOMCAT.bytesRead.invokeExact((Object) facade) : 0;
        } catch (IOException e) {
            throw e;
        } catch (IllegalStateException readerInUse) { // ours to find out, or the affair of the filter that hides it
            return 0;
        } catch (Throwable e) {
            throw Unwrapped.unexpected(e);
        }
    }

    private static Handles find() {
        try {
            return Handles.find(GivenOut.class.getClassLoader());
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.log(
                    Level.INFO,
                    e,
                    () -> "a body without a length, of which a filter has read a part, may look whole:"
                            + " no Tomcat that we know");
            return null;
        }
    }

    /**
     * A record, because the JIT takes its fields for constants.
     *
     * @param bytesRead request facade → how much of its body has been read
     */
    private record Handles(Class<?> facade, MethodHandle bytesRead) {
        static Handles find(ClassLoader loader) throws ReflectiveOperationException {
            TomcatFacade facade = TomcatFacade.ofRequest(loader);
            MethodHandle count = MethodHandles.publicLookup()
                    .findVirtual(facade.coyote(), "getBytesRead", MethodType.methodType(long.class));
            return new Handles(
                    facade.type(),
                    MethodHandles.filterReturnValue(facade.toCoyote(), count)
                            .asType(MethodType.methodType(long.class, Object.class)));
        }
    }
}
