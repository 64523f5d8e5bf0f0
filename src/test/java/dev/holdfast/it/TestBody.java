package dev.holdfast.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/** Bytes that follow from a number and a length, so that both ends know them without telling each other. */
record TestBody(long number, long length) {
    private static final byte[] BLOCK = block();

    /** A length and a CRC-32. */
    record Sum(long length, long crc) {}

    void writeTo(OutputStream out) throws IOException {
        int position = start();
        for (long left = length; left > 0; ) {
            int piece = (int) Math.min(left, BLOCK.length - position);
            out.write(BLOCK, position, piece);
            left -= piece;
            position = 0;
        }
    }

    Sum sum() {
        CRC32 crc = new CRC32();
        try {
            writeTo(new OutputStream() {
                @Override
                public void write(int b) {
                    crc.update(b);
                }

                @Override
                public void write(byte[] bytes, int offset, int count) {
                    crc.update(bytes, offset, count);
                }
            });
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new Sum(length, crc.getValue());
    }

    /** Reads to the end. */
    static Sum sum(InputStream in) throws IOException {
        CheckedInputStream checked = new CheckedInputStream(in, new CRC32());
        byte[] buffer = new byte[65536];
        long length = 0;
        for (int n; (n = checked.read(buffer)) >= 0; ) {
            length += n;
        }
        return new Sum(length, checked.getChecksum().getValue());
    }

    private int start() {
        return (int) Math.floorMod(number * 7919, (long) BLOCK.length);
    }

    /** Not a power of two long, so that a lost or doubled buffer never goes unnoticed. */
    private static byte[] block() {
        byte[] bytes = new byte[100_003];
        new Random(42).nextBytes(bytes);
        return bytes;
    }
}
