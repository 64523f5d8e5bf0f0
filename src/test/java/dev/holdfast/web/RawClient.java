package dev.holdfast.web;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client that says exactly what the test wants said. Waits at most ten seconds for an answer. */
final class RawClient implements AutoCloseable {
    /** An answer; the names of its fields in any case. */
    record Answer(int status, Map<String, String> fields, String body) {}

    private final Socket socket;

    RawClient(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Reads one answer to anything but HEAD. */
    Answer read() throws IOException {
        return readBody(readHead());
    }

    /** Reads what follows this head; the same with its body. */
    Answer readBody(Answer head) throws IOException {
        String length = head.fields.get("Content-Length");
        InputStream in = socket.getInputStream();
        if (length == null && "chunked".equals(head.fields.get("Transfer-Encoding"))) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int size = chunkSize(); size > 0; size = chunkSize()) {
                body.write(in.readNBytes(size));
                readLine();
            }
            readLine();
            return new Answer(head.status, head.fields, body.toString(StandardCharsets.UTF_8));
        }
        byte[] body = length == null ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length));
        return new Answer(head.status, head.fields, new String(body, StandardCharsets.UTF_8));
    }

    /** Reads the head of one answer. */
    Answer readHead() throws IOException {
        int status = Integer.parseInt(readLine().split(" ")[1]);
        Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            int colon = line.indexOf(':');
            fields.merge(line.substring(0, colon), line.substring(colon + 1).trim(), (a, b) -> a + ", " + b);
        }
        return new Answer(status, fields, "");
    }

    /** Reads to the end of the connection. */
    String rest() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(readLine().toLowerCase(Locale.ROOT), 16);
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = socket.getInputStream().read();
                c != '\n';
                c = socket.getInputStream().read()) {
            if (c < 0) {
                throw new EOFException("connection ended after: " + line);
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
