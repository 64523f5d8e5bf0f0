package dev.holdfast.web;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.Lock;

/**
 * What {@link ClientProbe} uses of Tomcat's own classes, found by name: the WAR is compiled without them. All of it is
 * the same in 10.1.0 to 10.1.59 and 11.0.0 to 11.0.25.
 *
 * <p>A record, because the JIT takes the fields of a record in a static final field for constants, so that a handle
 * costs what a plain call costs. Parameters are {@code Object}; the handles cast. Thread-safe.
 *
 * @param coyoteRequest request facade → coyote request
 * @param processor coyote request → its processor, may be null
 * @param requestId coyote request → an object that is another one for the next request
 * @param readListener coyote request → the ReadListener, may be null
 * @param connection processor → the socket wrapper, which lives as long as the connection
 * @param lock connection → the lock of whoever processes it
 * @param channel connection → the NioChannel, which another connection may inherit after a close
 * @param socket channel → the socket, which nobody inherits
 * @param encryptedInput TLS channel → bytes received and not yet decrypted, always ready for being filled
 * @param buffers connection → its buffers
 * @param prepareFill buffers → makes {@code plainInput} ready for being filled
 * @param plainInput buffers → bytes received and not yet read
 */
record TomcatInternals(
        Types types,
        MethodHandle coyoteRequest,
        MethodHandle processor,
        MethodHandle requestId,
        MethodHandle readListener,
        MethodHandle connection,
        MethodHandle lock,
        MethodHandle isClosed,
        MethodHandle channel,
        MethodHandle socket,
        MethodHandle encryptedInput,
        MethodHandle buffers,
        MethodHandle prepareFill,
        MethodHandle plainInput) {

    record Types(Class<?> facade, Class<?> http11, Class<?> http2, Class<?> nio, Class<?> tls) {}

    /**
     * Finds them as a class of this loader sees them.
     *
     * @throws ReflectiveOperationException names the class or member that is missing
     */
    static TomcatInternals find(ClassLoader loader) throws ReflectiveOperationException {
        Names in = new Names(loader);
        TomcatFacade facade = TomcatFacade.ofRequest(loader);
        Class<?> wrapper = in.type("tomcat.util.net.SocketWrapperBase");
        Class<?> channel = in.type("tomcat.util.net.NioChannel");
        Class<?> buffers = in.type("tomcat.util.net.SocketBufferHandler");
        Types types = new Types(
                facade.type(),
                in.type("coyote.http11.Http11Processor"),
                in.type("coyote.http2.StreamProcessor"),
                in.type("tomcat.util.net.NioEndpoint$NioSocketWrapper"),
                in.type("tomcat.util.net.SecureNioChannel"));
        return new TomcatInternals(
                types,
                facade.toCoyote().asType(MethodType.methodType(Object.class, Object.class)),
                field(facade.coyote(), "hook", Object.class),
                method(facade.coyote(), "getRequestId", Object.class),
                method(facade.coyote(), "getReadListener", Object.class),
                method(in.type("coyote.AbstractProcessor"), "getSocketWrapper", Object.class),
                method(wrapper, "getLock", Lock.class),
                method(wrapper, "isClosed", boolean.class),
                method(wrapper, "getSocket", Object.class),
                method(channel, "getIOChannel", SocketChannel.class),
                field(types.tls, "netInBuffer", ByteBuffer.class),
                method(wrapper, "getSocketBufferHandler", Object.class),
                method(buffers, "configureReadBufferForWrite", void.class),
                method(buffers, "getReadBuffer", ByteBuffer.class));
    }

    boolean isRequest(Object facade) {
        return types.facade.isInstance(facade);
    }

    boolean isHttp11(Object processor) {
        return types.http11.isInstance(processor);
    }

    boolean isHttp2(Object processor) {
        return types.http2.isInstance(processor);
    }

    boolean isNio(Object connection) {
        return types.nio.isInstance(connection);
    }

    /**
     * Where the next bytes off the socket of this connection belong, ready for being filled. With TLS that is before
     * decryption: Tomcat's own TLS read spins for ever when a record does not fit behind what is already decrypted.
     */
    ByteBuffer inputOf(Object connection) throws Throwable {
        Object from = channel.invokeExact(connection);
        if (types.tls.isInstance(from)) {
            return (ByteBuffer) encryptedInput.invokeExact(from);
        }
        Object both = buffers.invokeExact(connection);
        prepareFill.invokeExact(both);
        return (ByteBuffer) plainInput.invokeExact(both);
    }

    private static MethodHandle method(Class<?> owner, String name, Class<?> result)
            throws ReflectiveOperationException {
        Method method = owner.getDeclaredMethod(name);
        method.setAccessible(true);
        return MethodHandles.lookup().unreflect(method).asType(MethodType.methodType(result, Object.class));
    }

    private static MethodHandle field(Class<?> owner, String name, Class<?> result)
            throws ReflectiveOperationException {
        Field field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return MethodHandles.lookup().unreflectGetter(field).asType(MethodType.methodType(result, Object.class));
    }

    private record Names(ClassLoader loader) {
        Class<?> type(String name) throws ClassNotFoundException {
            return Class.forName("org.apache." + name, false, loader);
        }
    }
}
