package dev.holdfast.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Frames of RFC 6455, section 5.2, made by hand. */
final class WebSocketFrames {
    static final String HANDSHAKE =
            "GET /socket HTTP/1.1\r\nHost: site\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    static final String SWITCH = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    /** What a server sends: Service Restart. */
    static final byte[] CLOSE_1012 = {(byte) 0x88, 2, 0x03, (byte) 0xf4};

    private WebSocketFrames() {}

    static byte[] unmasked(int opcode, byte[] payload) {
        return frame(opcode, payload, null);
    }

    static byte[] masked(int opcode, byte[] payload) {
        return frame(opcode, payload, new byte[] {1, -2, 3, -4});
    }

    private static byte[] frame(int opcode, byte[] payload, byte[] mask) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
        int masked = mask == null ? 0 : 0x80;
        frame.put((byte) (0x80 | opcode));
        if (payload.length < 126) {
            frame.put((byte) (masked | payload.length));
        } else if (payload.length < 65536) {
            frame.put((byte) (masked | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (masked | 127)).putLong(payload.length);
        }
        if (mask != null) {
            frame.put(mask);
        }
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (mask == null ? payload[i] : payload[i] ^ mask[i % 4]));
        }
        byte[] bytes = new byte[frame.flip().remaining()];
        frame.get(bytes);
        return bytes;
    }

    /** Reads a close frame; its code. */
    static int readMaskedClose(Wire from) throws IOException {
        byte[] frame = from.readBytes(8);
        if (frame.length < 8 || frame[0] != (byte) 0x88 || frame[1] != (byte) 0x82) {
            throw new IOException(
                    "no masked close frame: " + java.util.HexFormat.of().formatHex(frame));
        }
        return (frame[6] ^ frame[2]) << 8 & 0xff00 | (frame[7] ^ frame[3]) & 0xff;
    }

    static byte[] all(byte[]... frames) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            bytes.writeBytes(frame);
        }
        return bytes.toByteArray();
    }
}
