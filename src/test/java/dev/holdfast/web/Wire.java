package dev.holdfast.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client, or a connection that a scripted upstream accepted: sends and receives bytes as they are. */
final class Wire implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;

    Wire(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    Wire send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Wire send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** A head with its empty line; what came so far, if the connection ends before. */
    String readHead() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        try {
            for (int c = in.read(); c >= 0; c = in.read()) {
                head.write(c);
                if (c == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                    break;
                }
            }
        } catch (SocketException reset) {
            reset.addSuppressed(new IOException("before that came: " + head.toString(StandardCharsets.ISO_8859_1)));
            throw reset;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    String read(int bytes) throws IOException {
        return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
    }

    byte[] readBytes(int bytes) throws IOException {
        return in.readNBytes(bytes);
    }

    /** All up to the end of the connection, which may be a reset. */
    String readToEnd() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            in.transferTo(all);
        } catch (SocketException reset) {
            all.write("<reset>".getBytes(StandardCharsets.ISO_8859_1));
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** A whole response that has a Content-Length. */
    String readResponse() throws IOException {
        String head = readHead();
        int at = head.toLowerCase(java.util.Locale.ROOT).indexOf("\r\ncontent-length:");
        if (at < 0) {
            return head;
        }
        int from = at + "\r\ncontent-length:".length();
        return head
                + read(Integer.parseInt(
                        head.substring(from, head.indexOf("\r\n", from)).strip()));
    }

    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Ends with RST instead of FIN. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
