package dev.holdfast.web;

import java.io.IOException;
import java.lang.reflect.Constructor;

/**
 * What is thrown to make the container cut the client's connection. Tomcat logs a stack trace of every exception but of its
 * own kind for clients that left, for which there is nobody else to blame here either: the cause is in our log already.
 */
final class ClientCut {
    private static final String MESSAGE = "the upstream broke off its answer, so the client's connection is cut";
    private static final Constructor<?> QUIET = quiet();

    private ClientCut() {}

    static IOException exception() {
        if (QUIET != null) {
            try {
                return (IOException) QUIET.newInstance(MESSAGE);
            } catch (ReflectiveOperationException expected) {
                // Then one with a stack trace in the log.
            }
        }
        return new IOException(MESSAGE);
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
