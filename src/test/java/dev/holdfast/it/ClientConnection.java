package dev.holdfast.it;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One connection of an HTTP/1.1 client that hides nothing: no retry, no new connection, no redirect. Confined to one thread.
 */
final class ClientConnection implements AutoCloseable {
    private static final int ANSWER_LIMIT_MILLIS = 60_000;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;

    ClientConnection(int port) throws IOException {
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress("127.0.0.1", port), 10_000);
        socket.setSoTimeout(ANSWER_LIMIT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), 65536);
        out = new BufferedOutputStream(socket.getOutputStream(), 65536);
    }

    enum Framing {
        CONTENT_LENGTH,
        CHUNKED
    }

    /** An answer whose body was read to its end. Header names are in lower case. */
    record Answer(int status, Map<String, String> headers, TestBody.Sum body) {
        boolean closesConnection() {
            return "close".equalsIgnoreCase(headers.get("connection"));
        }
    }

    /** The head of an answer, and its body as a stream that ends where the body ends. */
    record Head(int status, Map<String, String> headers, InputStream body) {}

    void get(String target) throws IOException {
        head("GET " + target, "");
        out.flush();
    }

    void post(String target, TestBody body, Framing framing) throws IOException {
        if (framing == Framing.CONTENT_LENGTH) {
            head("POST " + target, "Content-Length: " + body.length() + "\r\n");
            body.writeTo(out);
        } else {
            head("POST " + target, "Transfer-Encoding: chunked\r\n");
            Http1Body.writeChunked(body, out);
        }
        out.flush();
    }

    /** Reads one answer to its end; throws when the connection ends or is cut before. */
    Answer receive() throws IOException {
        Head head = receiveHead();
        return new Answer(head.status(), head.headers(), TestBody.sum(head.body()));
    }

    /** Reads the head of an answer; its body must be read to the end before the next exchange. */
    Head receiveHead() throws IOException {
        String[] statusLine = Http1Body.line(in).split(" ", 3);
        Map<String, String> headers = new HashMap<>();
        for (String line = Http1Body.line(in); !line.isEmpty(); line = Http1Body.line(in)) {
            int colon = line.indexOf(':');
            headers.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip(),
                    (first, second) -> first + ", " + second);
        }
        return new Head(Integer.parseInt(statusLine[1]), headers, Http1Body.read(in, headers));
    }

    /** Whether nothing at all arrives for this long: no answer, and no end of the connection. */
    boolean staysSilent(Duration time) throws IOException {
        socket.setSoTimeout((int) time.toMillis());
        in.mark(1);
        try {
            in.read();
            in.reset();
            return false;
        } catch (SocketTimeoutException expected) {
            return true;
        } finally {
            socket.setSoTimeout(ANSWER_LIMIT_MILLIS);
        }
    }

    boolean hasUnreadBytes() throws IOException {
        return in.available() > 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void head(String requestLine, String framing) throws IOException {
        ascii(requestLine + " HTTP/1.1\r\nHost: site.example\r\nUser-Agent: test\r\n" + framing + "\r\n");
    }

    private void ascii(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
