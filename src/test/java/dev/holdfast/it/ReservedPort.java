package dev.holdfast.it;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of 127.0.0.1 that refuses connections until a site listens there, and that nobody else gets meanwhile: not even one of a
 * thousand clients, whose outgoing connections take free ports, too.
 *
 * <p>A socket is bound to it that does not listen. Two may be bound to one port as long as both have SO_REUSEADDR and only one
 * listens (Linux), and the kernel gives a bound port to no outgoing connection.
 */
public final class ReservedPort implements AutoCloseable {
    private final Socket holder = new Socket();

    public ReservedPort() throws IOException {
        holder.setReuseAddress(true);
        holder.bind(new InetSocketAddress("127.0.0.1", 0));
    }

    public int number() {
        return holder.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        holder.close();
    }
}
