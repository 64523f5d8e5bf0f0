package dev.holdfast.web;

import dev.holdfast.proxy.Tunnel;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;

/** A client whose connection has switched to another protocol. The container makes it, hence public. */
public final class TunnelVisit implements HttpUpgradeHandler {
    private volatile Tunnel tunnel;

    /**
     * Answers 101 and has the container switch. To be called by the container's thread.
     *
     * @throws IOException if the container cannot
     */
    static void begin(Tunnel tunnel, HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            tunnel.answer(response);
            request.upgrade(TunnelVisit.class).tunnel = tunnel;
        } catch (ServletException | IOException | RuntimeException e) {
            tunnel.abort();
            throw new IOException("the container does not switch protocols", e);
        }
    }

    @Override
    public void init(WebConnection connection) {
        try {
            tunnel.join(new UpgradedConnection(connection));
        } catch (IOException | RuntimeException e) {
            tunnel.abort();
            throw new IllegalStateException(e); // the container closes the connection, and tells destroy()
        }
    }

    @Override
    public void destroy() {
        tunnel.clientGone();
    }
}
