package dev.holdfast.it;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** How HTTP/1.1 delimits bodies (RFC 9112 §6); what is not exactly so is an error, never mended. */
final class Http1Body {
    private static final int LARGEST_CHUNK = 10_007;

    private Http1Body() {}

    /** One line of a head, without its end. */
    static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(64);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("connection ended in the line '" + line + "'");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** The body of a message whose head has these fields (names in lower case). */
    static InputStream read(InputStream in, Map<String, String> headers) {
        return "chunked".equalsIgnoreCase(headers.get("transfer-encoding"))
                ? new Pieces(in, 0, true)
                : new Pieces(in, Long.parseLong(headers.getOrDefault("content-length", "0")), false);
    }

    static void writeChunked(TestBody body, OutputStream out) throws IOException {
        body.writeTo(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int count) throws IOException {
                for (int end = offset + count; offset < end; offset += LARGEST_CHUNK) {
                    int size = Math.min(LARGEST_CHUNK, end - offset);
                    out.write((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                    out.write(bytes, offset, size);
                    out.write('\r');
                    out.write('\n');
                }
            }
        });
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** A sized body is one piece, a chunked one several. */
    private static final class Pieces extends InputStream {
        private final InputStream in;
        private long left;
        private boolean morePieces;
        private boolean first = true;

        Pieces(InputStream in, long left, boolean chunked) {
            this.in = in;
            this.left = left;
            this.morePieces = chunked;
        }

        @Override
        public int read(byte[] buffer, int offset, int count) throws IOException {
            if (left == 0 && morePieces) {
                nextPiece();
            }
            if (left == 0) {
                return -1;
            }
            int n = in.read(buffer, offset, (int) Math.min(count, left));
            if (n < 0) {
                throw new EOFException("body was cut");
            }
            left -= n;
            return n;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        private void nextPiece() throws IOException {
            if (!first && !line(in).isEmpty()) {
                throw new IOException("chunk is longer than it said");
            }
            first = false;
            left = Long.parseLong(line(in), 16);
            if (left == 0) {
                morePieces = false;
                if (!line(in).isEmpty()) {
                    throw new IOException("trailer fields were not expected");
                }
            }
        }
    }
}
