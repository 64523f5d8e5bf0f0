package dev.holdfast.it;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http2.hpack.HPackDecoder;
import org.apache.hc.core5.http2.hpack.HPackEncoder;
import org.apache.hc.core5.util.ByteArrayBuffer;

/** Connections with as many streams each as a server allows by default (RFC 9113, without TLS and with prior knowledge). */
final class Http2Crowd extends HeldCrowd {
    private static final int STREAMS = 100;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int HEADER_BYTES = 9;
    private static final int MOST_FRAME_BYTES = HEADER_BYTES + (1 << 14);

    /** What a browser sends. */
    private static final String[] FIELDS = {
        "user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "accept-language", "en-US,en;q=0.5",
        "accept-encoding", "gzip, deflate, br, zstd",
        "referer", "https://site.example/somewhere/else/before.html",
        "cookie", "session=0123456789abcdef0123456789abcdef; theme=dark",
        "upgrade-insecure-requests", "1"
    };

    private final int port;
    private int sent;

    Http2Crowd(int port) throws IOException {
        this.port = port;
    }

    @Override
    void send(int count) throws IOException {
        for (int left = count; left > 0; left -= STREAMS) {
            int streams = Math.min(left, STREAMS);
            SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            channel.write(ByteBuffer.wrap(requests(streams)));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new Connection(streams));
        }
    }

    private byte[] requests(int count) throws IOException {
        HPackEncoder encoder = new HPackEncoder(4096, StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(PREFACE);
        frame(out, SETTINGS, 0, 0, new byte[0]);
        for (int i = 0; i < count; i++) {
            ByteArrayBuffer block = new ByteArrayBuffer(512);
            encoder.encodeHeader(block, ":method", "GET", false);
            encoder.encodeHeader(block, ":scheme", "http", false);
            encoder.encodeHeader(block, ":path", "/held/" + sent++, false);
            encoder.encodeHeader(block, ":authority", "site.example", false);
            for (int field = 0; field < FIELDS.length; field += 2) {
                encoder.encodeHeader(block, FIELDS[field], FIELDS[field + 1], false);
            }
            frame(out, HEADERS, END_HEADERS | END_STREAM, 1 + 2 * i, block.toByteArray());
        }
        return bytes.toByteArray();
    }

    private static void frame(DataOutputStream out, int type, int flags, int stream, byte[] payload)
            throws IOException {
        out.writeByte(payload.length >> 16);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
    }

    @Override
    void take(SelectionKey key) {
        ((Connection) key.attachment()).read(key);
    }

    private final class Connection {
        private final ByteBuffer in = ByteBuffer.allocate(MOST_FRAME_BYTES);
        private final HPackDecoder decoder = new HPackDecoder(4096, StandardCharsets.ISO_8859_1);
        /** Streams that have not ended. Without any, the server may close the connection. */
        private int open;

        /** Streams whose answer is 200. */
        private final BitSet good = new BitSet();

        Connection(int open) {
            this.open = open;
        }

        void read(SelectionKey key) {
            try {
                SocketChannel channel = (SocketChannel) key.channel();
                if (channel.read(in) < 0) {
                    throw new IOException("connection ended");
                }
                in.flip();
                while (in.remaining() >= HEADER_BYTES && in.remaining() >= HEADER_BYTES + length()) {
                    take(channel);
                }
                in.compact();
            } catch (IOException e) {
                if (open > 0) {
                    wrong.add(e + " with " + open + " unanswered");
                }
                key.cancel();
            }
        }

        private int length() {
            return in.getInt(in.position()) >>> 8;
        }

        private void take(SocketChannel channel) throws IOException {
            int length = length();
            int type = in.get(in.position() + 3);
            int flags = in.get(in.position() + 4);
            int stream = in.getInt(in.position() + 5);
            in.position(in.position() + HEADER_BYTES);
            byte[] payload = new byte[length];
            in.get(payload);
            if (type == HEADERS && isGood(payload)) {
                good.set(stream);
            } else if (type == HEADERS || type == RST_STREAM || type == GOAWAY && open > 0) {
                wrong.add("frame of type " + type + ", stream " + stream);
            } else if ((type == SETTINGS || type == PING) && (flags & ACK) == 0) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                frame(new DataOutputStream(bytes), type, ACK, 0, type == PING ? payload : new byte[0]);
                channel.write(ByteBuffer.wrap(bytes.toByteArray())); // nothing else is under way there
            }
            if ((type == HEADERS || type == DATA) && (flags & END_STREAM) != 0) {
                open--;
                answered += good.get(stream) ? 1 : 0;
            }
        }

        private boolean isGood(byte[] block) throws IOException {
            try {
                return decoder.decodeHeaders(ByteBuffer.wrap(block)).stream()
                        .anyMatch(field -> field.getName().equals(":status")
                                && field.getValue().equals("200"));
            } catch (HttpException e) {
                throw new IOException(e);
            }
        }
    }
}
