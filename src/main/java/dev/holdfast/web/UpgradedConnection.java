package dev.holdfast.web;

import dev.holdfast.config.Printable;
import dev.holdfast.proxy.TunnelClient;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A client's connection after the switch. Closed by another thread than the container's own, it would only be marked as closed
 * in Tomcat, and the client would see nothing of it before it sends its next byte. So Tomcat is asked for an event on a
 * thread of its own; where that is not to be had, the Servlet API must do.
 */
final class UpgradedConnection implements TunnelClient {
    private static final Logger LOG = Logger.getLogger(UpgradedConnection.class.getName());
    private static final TomcatSocket TOMCAT = TomcatSocket.find(UpgradedConnection.class.getClassLoader());

    private final WebConnection connection;
    private final ServletInputStream in;
    private final ServletOutputStream out;
    private final Object socket; // null in another container

    UpgradedConnection(WebConnection connection) throws IOException {
        this.connection = connection;
        this.in = connection.getInputStream();
        this.out = connection.getOutputStream();
        this.socket = TOMCAT == null ? null : TOMCAT.of(out);
    }

    @Override
    public ServletInputStream in() {
        return in;
    }

    @Override
    public ServletOutputStream out() {
        return out;
    }

    @Override
    public void readAgain() {
        if (socket != null) {
            TOMCAT.readAgain(socket);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (Exception e) {
            if (LOG.isLoggable(Level.FINE)) {
                LOG.log(Level.FINE, Printable.escaped(e), () -> "the connection broke when it was closed");
            }
        }
        if (socket != null) {
            TOMCAT.end(socket);
        }
    }

    @Override
    public void reset() {
        if (socket != null) {
            TOMCAT.endWithReset(socket);
        }
        close();
    }
}
