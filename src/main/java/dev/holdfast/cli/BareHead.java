package dev.holdfast.cli;

import java.nio.ByteBuffer;

/**
 * Tells whether input is one head of a GET, to its end, and nothing else: no body, no offer to switch to another protocol, no request
 * behind it. That it is valid HTTP it does not tell. In doubt it is not.
 */
final class BareHead {
    private static final byte[] METHOD = {'G', 'E', 'T', ' '};

    /** Fields of a request that has a body, or for which Tomcat itself would wait; in lower case. */
    private static final byte[][] NOT_BARE = {
        bytes("content-length"), bytes("transfer-encoding"), bytes("upgrade"), bytes("expect")
    };

    private BareHead() {}

    static byte[] bytes(String name) {
        byte[] bytes = new byte[name.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) name.charAt(i);
        }
        return bytes;
    }

    /** @param input from its beginning to its position */
    static boolean isAll(ByteBuffer input) {
        int end = input.position();
        if (end < METHOD.length + 4 || !beginsWith(METHOD, input, 0)) {
            return false;
        }
        for (int i = METHOD.length; i < end; i++) {
            if (input.get(i) == '\n') {
                int line = i + 1;
                if (line >= end) {
                    return false;
                }
                byte first = input.get(line);
                if (first == '\r' || first == '\n') {
                    return first == '\r' && line == end - 2 && input.get(line + 1) == '\n';
                }
                if (isNotBare(input, line, end)) {
                    return false;
                }
            }
        }
        return false;
    }

    /** Whether it asks for what begins with this path. @param input of which {@link #isAll} is true */
    static boolean asksFor(byte[] path, ByteBuffer input) {
        return input.position() > METHOD.length + path.length && beginsWith(path, input, METHOD.length);
    }

    private static boolean isNotBare(ByteBuffer input, int line, int end) {
        int first = input.get(line) | 0x20;
        for (byte[] name : NOT_BARE) {
            if (name[0] == first && line + name.length < end && isNamed(name, input, line)) {
                return true;
            }
        }
        return false;
    }

    /** {@code Upgrade-Insecure-Requests} is another one, which browsers send. */
    private static boolean isNamed(byte[] name, ByteBuffer input, int line) {
        for (int i = 1; i < name.length; i++) {
            if ((input.get(line + i) | 0x20) != name[i]) {
                return false;
            }
        }
        return input.get(line + name.length) != '-';
    }

    private static boolean beginsWith(byte[] bytes, ByteBuffer input, int at) {
        for (int i = 0; i < bytes.length; i++) {
            if (input.get(at + i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }
}
