package dev.holdfast.proxy;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import org.apache.hc.core5.http.nio.SessionInputBuffer;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ssl.SSLIOSession;

/**
 * What HttpCore has read off a connection and not yet dealt with. HttpCore 5.4 does not tell, so it is looked up where
 * HttpCore keeps it; the WAR brings the version along that this was written for. Thread-safe; to be asked on the
 * connection's reactor thread.
 */
final class EngineInput {
    private static final String HTTP1 = "org.apache.hc.core5.http.impl.nio.AbstractHttp1";
    private static final Class<?> HANDLER;
    private static final MethodHandle BUFFER;
    private static final MethodHandle BELOW_TLS;

    static {
        try {
            HANDLER = Class.forName(HTTP1 + "IOEventHandler");
            MethodHandle duplexer = field(HANDLER, "streamDuplexer", Object.class, Object.class);
            BUFFER = MethodHandles.filterReturnValue(
                    duplexer.asType(MethodType.methodType(Object.class, IOEventHandler.class)),
                    field(Class.forName(HTTP1 + "StreamDuplexer"), "inbuf", SessionInputBuffer.class, Object.class));
            BELOW_TLS = field(SSLIOSession.class, "session", IOSession.class, SSLIOSession.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private EngineInput() {}

    /** Whether there is any. */
    static boolean isLeft(IOSession session) {
        IOEventHandler handler = (session instanceof SSLIOSession tls ? belowTls(tls) : session).getHandler();
        if (handler instanceof EventsBelow below) {
            handler = below.real();
        }
        if (!HANDLER.isInstance(handler)) {
            return false;
        }
        try {
            return ((SessionInputBuffer) BUFFER.invokeExact(handler)).hasData();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** The handler of a session with TLS is that of TLS. */
    private static IOSession belowTls(SSLIOSession session) {
        try {
            return (IOSession) BELOW_TLS.invokeExact(session);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle field(Class<?> owner, String name, Class<?> result, Class<?> parameter)
            throws ReflectiveOperationException {
        Field field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return MethodHandles.lookup().unreflectGetter(field).asType(MethodType.methodType(result, parameter));
    }
}
