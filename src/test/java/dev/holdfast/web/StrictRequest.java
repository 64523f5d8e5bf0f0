package dev.holdfast.web;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** A request as a peer without mercy reads it: whatever RFC 9112 does not allow a client to send is an {@link Invalid}. */
record StrictRequest(String method, String target, List<String> fields, byte[] body) {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern LINE = Pattern.compile(TOKEN + " [\\x21-\\x7e\\x80-\\xff]+ HTTP/1\\.1");
    private static final Pattern FIELD = Pattern.compile(TOKEN + ":(?: [\\x21-\\x7e\\x80-\\xff\\t ]*)?");
    private static final Pattern CHUNK = Pattern.compile("[0-9A-Fa-f]{1,7}(;[\\x20-\\x7e]*)?");

    /** Bytes that must never be sent. */
    static final class Invalid extends RuntimeException {
        private static final long serialVersionUID = 1;

        Invalid(String message) {
            super(message);
        }
    }

    /** @return null at the end of the connection before a request */
    static StrictRequest read(InputStream in) throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        String line = (char) first + line(in);
        if (!LINE.matcher(line).matches()) {
            throw new Invalid("request line: " + line);
        }
        List<String> fields = new ArrayList<>();
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            if (!FIELD.matcher(field).matches()) {
                throw new Invalid("field: " + field + " in " + line);
            }
            fields.add(field);
        }
        StrictRequest head =
                new StrictRequest(line.substring(0, line.indexOf(' ')), line.split(" ")[1], fields, new byte[0]);
        return new StrictRequest(head.method, head.target, fields, head.body(in));
    }

    private byte[] body(InputStream in) throws IOException {
        List<String> lengths = values("content-length");
        List<String> codings = values("transfer-encoding");
        boolean one = lengths.size() + codings.size() <= 1;
        boolean right = lengths.stream().allMatch(length -> length.matches("[0-9]+"))
                && codings.stream().allMatch("chunked"::equals);
        if (!one || !right || values("host").size() != 1) {
            throw new Invalid("framing: " + this);
        }
        List<String> connection = values("connection").stream()
                .flatMap(list -> java.util.Arrays.stream(list.split(" *, *")))
                .toList();
        boolean hop = !values("keep-alive").isEmpty()
                || !values("proxy-connection").isEmpty()
                || !values("http2-settings").isEmpty()
                || !values("x-hop").isEmpty() && fields.stream().anyMatch("Connection: x-hop"::equals)
                || connection.stream()
                        .anyMatch(value -> !value.equalsIgnoreCase("upgrade") && !value.equalsIgnoreCase("te"));
        if (hop || values("x-forwarded-for").size() != 1 || values("via").isEmpty()) {
            throw new Invalid("fields of this hop: " + this);
        }
        if (!codings.isEmpty()) {
            return chunks(in);
        }
        int length = lengths.isEmpty() ? 0 : Integer.parseInt(lengths.get(0));
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException();
        }
        return body;
    }

    private byte[] chunks(InputStream in) throws IOException {
        java.io.ByteArrayOutputStream body = new java.io.ByteArrayOutputStream();
        for (; ; ) {
            String size = line(in);
            if (!CHUNK.matcher(size).matches()) {
                throw new Invalid("chunk size: " + size);
            }
            int bytes = Integer.parseInt(size.replaceAll(";.*", ""), 16);
            if (bytes == 0) {
                break;
            }
            body.writeBytes(in.readNBytes(bytes));
            if (!line(in).isEmpty()) {
                throw new Invalid("chunk end");
            }
        }
        for (String trailer = line(in); !trailer.isEmpty(); trailer = line(in)) {
            if (!FIELD.matcher(trailer).matches()) {
                throw new Invalid("trailer: " + trailer);
            }
        }
        return body.toByteArray();
    }

    List<String> values(String name) {
        return fields.stream()
                .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(field -> field.substring(name.length() + 1).strip())
                .toList();
    }

    /** A line that ends with CR LF; one that does not end is no error of the sender's, who may have left. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); ; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            if (c == '\r') {
                int next = in.read();
                if (next < 0) {
                    throw new EOFException();
                }
                if (next != '\n') {
                    throw new Invalid("bare CR in " + line);
                }
                return line.toString();
            }
            if (c == '\n') {
                throw new Invalid("bare LF in " + line);
            }
            line.append((char) c);
        }
    }

    @Override
    public String toString() {
        return method + " " + target + " " + fields + " (" + body.length + " bytes, "
                + new String(body, 0, Math.min(20, body.length), StandardCharsets.ISO_8859_1) + ")";
    }
}
