package dev.holdfast.web;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What {@link UpgradedConnection} uses of Tomcat's own classes, found by name: the WAR is compiled without them. Thread-safe.
 *
 * @param wrapper field of the output stream: the socket's wrapper
 * @param process method of the wrapper: has a container thread deal with an event
 * @param stop an event: the connection is to end
 * @param openRead an event: there is input
 * @param channel method of the wrapper
 * @param socket method of the channel
 */
record TomcatSocket(Field wrapper, Method process, Object stop, Object openRead, Method channel, Method socket) {
    private static final Logger LOG = Logger.getLogger(TomcatSocket.class.getName());
    private static final String LATE =
            "the client of a WebSocket that the site ends sees that only when it sends something";

    /** Finds them as a class of this loader sees them; null in another container. */
    static TomcatSocket find(ClassLoader loader) {
        try {
            Class<?> stream = type("coyote.http11.upgrade.UpgradeServletOutputStream", loader);
            Class<?> wrapper = type("tomcat.util.net.SocketWrapperBase", loader);
            Class<?> event = type("tomcat.util.net.SocketEvent", loader);
            Field field = stream.getDeclaredField("socketWrapper");
            field.setAccessible(true);
            return new TomcatSocket(
                    field,
                    wrapper.getMethod("processSocket", event, boolean.class),
                    event.getField("STOP").get(null),
                    event.getField("OPEN_READ").get(null),
                    wrapper.getMethod("getSocket"),
                    type("tomcat.util.net.NioChannel", loader).getMethod("getIOChannel"));
        } catch (ReflectiveOperationException | RuntimeException | LinkageError notTomcat) {
            LOG.log(Level.WARNING, notTomcat, () -> LATE);
            return null;
        }
    }

    /** The wrapper of the socket on which this stream writes; null if it is none of Tomcat's. */
    Object of(Object output) {
        try {
            return wrapper.getDeclaringClass().isInstance(output) ? wrapper.get(output) : null;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    void end(Object connection) {
        fire(stop, connection);
    }

    void readAgain(Object connection) {
        fire(openRead, connection);
    }

    /** When it ends, it ends with a reset. */
    void endWithReset(Object connection) {
        try {
            ((SocketChannel) socket.invoke(channel.invoke(connection))).setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (ReflectiveOperationException | IOException | RuntimeException e) {
            LOG.log(Level.FINE, e, () -> "it has ended already, or is no NIO connection");
        }
    }

    private void fire(Object event, Object connection) {
        try {
            process.invoke(connection, event, true);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.WARNING, e, () -> LATE);
        }
    }

    private static Class<?> type(String name, ClassLoader loader) throws ClassNotFoundException {
        return Class.forName("org.apache." + name, false, loader);
    }
}
