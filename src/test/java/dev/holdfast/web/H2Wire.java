package dev.holdfast.web;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.Collectors;
import org.apache.hc.core5.http2.hpack.HPackDecoder;
import org.apache.hc.core5.http2.hpack.HPackEncoder;
import org.apache.hc.core5.util.ByteArrayBuffer;

/**
 * An HTTP/2 client, cleartext and with prior knowledge, frame by frame (RFC 9113): sends only what the test says, and reads
 * only when asked. It answers nothing by itself but SETTINGS, and grants no windows but the first ones. One thread.
 */
final class H2Wire implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;

    static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int ACK = 1;
    private static final int PATIENCE_MILLIS = 15_000;
    private static final int USUAL_WINDOW = 65_535;

    /** The beginning of HPACK's table, without values; Tomcat takes their names from there only. */
    private static final List<String> PSEUDO_NAMES = List.of(":authority", ":method", "", ":path", "", ":scheme");

    /** What came; fields only of HEADERS. */
    record Frame(int type, int flags, int stream, byte[] payload, String fields) {
        boolean ends() {
            return type <= HEADERS && (flags & END_STREAM) != 0;
        }

        String text() {
            return new String(payload, StandardCharsets.ISO_8859_1);
        }

        int code() {
            return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
        }
    }

    /** A response as a whole; {@code reset} negative when it ended as it should. */
    record Response(String fields, String body, int reset) {}

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final DataOutputStream out;
    private final HPackEncoder encoder = new HPackEncoder(4096, StandardCharsets.ISO_8859_1);
    private final HPackDecoder decoder = new HPackDecoder(4096, StandardCharsets.ISO_8859_1);
    private final Map<Integer, Queue<Frame>> unread = new HashMap<>();
    private String authority = "site";
    private boolean plain;
    private int lastStream = -1;

    /** With the usual windows. */
    H2Wire(int port) throws IOException {
        this(port, USUAL_WINDOW, USUAL_WINDOW, 0);
    }

    /**
     * @param window of each stream, bytes
     * @param connectionWindow at least the usual one
     * @param receiveBuffer of the socket; 0 for the usual one
     */
    H2Wire(int port, int window, int connectionWindow, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
        out = new DataOutputStream(new java.io.BufferedOutputStream(socket.getOutputStream()));
        out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        send(
                SETTINGS,
                0,
                0,
                ByteBuffer.allocate(6).putShort((short) 4).putInt(window).array());
        if (connectionWindow > USUAL_WINDOW) {
            grant(0, connectionWindow - USUAL_WINDOW);
        }
    }

    /** By which name it asks from now on. */
    H2Wire asksFor(String host) {
        authority = host;
        return this;
    }

    /** From now on it says what no encoder would, and all else, letter by letter. */
    H2Wire plainly() {
        plain = true;
        return this;
    }

    /** A request without a body; gives the number of its stream. */
    int get(String path, String... fields) throws IOException {
        return request("GET", path, true, fields);
    }

    /** @param fields names and values in turn, besides the pseudo fields */
    int request(String method, String path, boolean end, String... fields) throws IOException {
        String[] pseudo = {":method", method, ":scheme", "http", ":path", path, ":authority", authority};
        String[] all = Arrays.copyOf(pseudo, pseudo.length + fields.length);
        System.arraycopy(fields, 0, all, pseudo.length, fields.length);
        return head(end, all);
    }

    /** @param fields names and values in turn, as they are */
    int head(boolean end, String... fields) throws IOException {
        lastStream += 2;
        head(lastStream, end, fields);
        return lastStream;
    }

    /** One more on this stream; trailers, at the end. */
    void head(int stream, boolean end, String... fields) throws IOException {
        ByteArrayBuffer block = new ByteArrayBuffer(256);
        for (int i = 0; i < fields.length; i += 2) {
            encode(block, fields[i], fields[i + 1]);
        }
        send(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block.toByteArray());
    }

    private void encode(ByteArrayBuffer block, String name, String value) throws IOException {
        if (plain) {
            int index = PSEUDO_NAMES.indexOf(name) + 1;
            block.append(index); // RFC 7541, section 6.2.2: a literal without indexing
            if (index == 0) {
                plain(block, name);
            }
            plain(block, value);
        } else {
            encoder.encodeHeader(block, name, value, false);
        }
    }

    private static void plain(ByteArrayBuffer block, String text) {
        block.append(text.length()); // shorter than 127
        block.append(text.getBytes(StandardCharsets.ISO_8859_1), 0, text.length());
    }

    void data(int stream, String text, boolean end) throws IOException {
        send(DATA, end ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void grant(int stream, int bytes) throws IOException {
        send(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array());
    }

    /** RFC 9113, section 7: CANCEL. */
    void reset(int stream) throws IOException {
        send(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
    }

    void ping() throws IOException {
        send(PING, 0, 0, new byte[8]);
    }

    private void send(int type, int flags, int stream, byte[] payload) throws IOException {
        out.writeShort(payload.length >> 8);
        out.writeByte(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
        out.flush();
    }

    /** The next frame of this stream, or GOAWAY; those of others are kept for later. */
    Frame read(int stream) throws IOException {
        Queue<Frame> kept = unread.get(stream);
        if (kept != null && !kept.isEmpty()) {
            return kept.poll();
        }
        for (; ; ) {
            Frame frame = readAny();
            if (frame.stream == stream || frame.type == GOAWAY) {
                return frame;
            }
            unread.computeIfAbsent(frame.stream, n -> new ArrayDeque<>()).add(frame);
        }
    }

    /** The next frame of whichever stream. */
    Frame readAny() throws IOException {
        Frame frame = readFrame();
        if (frame.type == SETTINGS && (frame.flags & ACK) == 0) {
            send(SETTINGS, ACK, 0, new byte[0]);
        }
        return frame.type == HEADERS ? withFields(frame) : frame;
    }

    private Frame readFrame() throws IOException {
        int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = in.readNBytes(length);
        if (payload.length < length) {
            throw new EOFException("the connection ended in a frame");
        }
        return new Frame(type, flags, stream, payload, "");
    }

    /**
     * Each block has to be decoded, in the order in which they come; nothing comes between the frames of one (RFC 9113, section
     * 6.10). Tomcat uses neither padding nor priority.
     */
    private Frame withFields(Frame head) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(head.payload);
        for (int flags = head.flags; (flags & END_HEADERS) == 0; ) {
            Frame continuation = readFrame();
            block.write(continuation.payload);
            flags = continuation.flags;
        }
        return new Frame(HEADERS, head.flags, head.stream, head.payload, fields(block.toByteArray()));
    }

    private String fields(byte[] block) throws IOException {
        try {
            return decoder.decodeHeaders(ByteBuffer.wrap(block)).stream()
                    .map(field -> field.getName() + ": " + field.getValue() + "\n")
                    .collect(Collectors.joining());
        } catch (org.apache.hc.core5.http.HttpException e) {
            throw new IOException(e);
        }
    }

    /** The next frame with fields or content. */
    Frame readContent(int stream) throws IOException {
        for (; ; ) {
            Frame frame = read(stream);
            if (List.of(DATA, HEADERS, RST_STREAM, GOAWAY).contains(frame.type)) {
                return frame;
            }
        }
    }

    /** All of it; grants what it takes, in large steps: Tomcat takes many small ones for an attack. */
    Response readResponse(int stream) throws IOException {
        String fields = "";
        int taken = 0;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (; ; ) {
            Frame frame = readContent(stream);
            if (frame.type >= RST_STREAM) {
                return new Response(fields, body.toString(StandardCharsets.ISO_8859_1), frame.code());
            }
            fields += frame.fields;
            if (frame.type == DATA && frame.payload.length > 0) {
                body.write(frame.payload);
                taken += frame.payload.length;
                if (taken > USUAL_WINDOW / 4 && !frame.ends()) {
                    grant(0, taken);
                    grant(stream, taken);
                    taken = 0;
                }
            }
            if (frame.ends()) {
                return new Response(fields, body.toString(StandardCharsets.ISO_8859_1), -1);
            }
        }
    }

    /** Ends with RST instead of FIN. */
    void resetConnection() throws IOException {
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
