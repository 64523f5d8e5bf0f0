package dev.holdfast.web;

import java.io.IOException;
import java.lang.reflect.Constructor;

/**
 * What is thrown to make the container cut the client's connection. Tomcat logs a stack trace of every exception but of its
 * own kind for clients that left, for which there is nobody else to blame here either: the cause is in our log already.
 */
final class ClientCut {
    private static final Constructor<?> QUIET = quiet();

    private ClientCut() {}

    static IOException exception(String reason) {
        String message = reason + ", so the client's connection is cut";
        if (QUIET != null) {
            try {
                return (IOException) QUIET.newInstance(message);
            } catch (ReflectiveOperationException expected) {
                // Then one with a stack trace in the log.
            }
        }
        return new IOException(message);
    }

    private static Constructor<?> quiet() {
        try {
            return Class.forName("org.apache.catalina.connector.ClientAbortException")
                    .getConstructor(String.class);
        } catch (ReflectiveOperationException | LinkageError notTomcat) {
            return null;
        }
    }
}
