package dev.holdfast.proxy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.util.Timeout;

/**
 * The handler of a connection below TLS, which hands over what it has decrypted, and does not go through
 * {@link UpstreamSession#read}: keeps what follows a 101 head from the HTTP engine.
 */
final class Decrypted implements IOEventHandler {
    private final IOEventHandler real;

    Decrypted(IOEventHandler real) {
        this.real = real;
    }

    IOEventHandler real() {
        return real;
    }

    @Override
    public void inputReady(IOSession protocolSession, ByteBuffer source) throws IOException {
        if (protocolSession instanceof UpstreamSession ours) {
            ours.inputComes(source);
        }
        real.inputReady(protocolSession, source);
    }

    @Override
    public void connected(IOSession protocolSession) throws IOException {
        real.connected(protocolSession);
    }

    @Override
    public void outputReady(IOSession protocolSession) throws IOException {
        real.outputReady(protocolSession);
    }

    @Override
    public void timeout(IOSession protocolSession, Timeout timeout) throws IOException {
        real.timeout(protocolSession, timeout);
    }

    @Override
    public void exception(IOSession protocolSession, Exception cause) {
        real.exception(protocolSession, cause);
    }

    @Override
    public void disconnected(IOSession protocolSession) {
        real.disconnected(protocolSession);
    }
}
