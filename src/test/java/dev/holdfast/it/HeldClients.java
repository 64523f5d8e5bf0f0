package dev.holdfast.it;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Thousands of clients with a connection and one GET each, served by the one thread that calls. */
final class HeldClients extends HeldCrowd {
    /** What a browser sends, about 450 bytes. */
    private static final String FIELDS = "Host: site.example\r\n"
            + "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
            + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
            + "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
            + "Referer: https://site.example/somewhere/else/before.html\r\n"
            + "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n"
            + "Upgrade-Insecure-Requests: 1\r\n\r\n";

    private final int port;
    private int sent;

    HeldClients(int port) throws IOException {
        this.port = port;
    }

    /** Connects {@code count} more clients. */
    @Override
    void send(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            channel.write(StandardCharsets.US_ASCII.encode("GET /held/" + sent++ + " HTTP/1.1\r\n" + FIELDS));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new StringBuilder());
        }
    }

    @Override
    void take(SelectionKey key) {
        StringBuilder text = (StringBuilder) key.attachment();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        try {
            int n = ((SocketChannel) key.channel()).read(buffer);
            text.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
            if (n < 0) {
                if (!text.isEmpty()) { // else it was idle, or its answer is missing in the count
                    wrong.add("connection ended after: " + text);
                }
                key.cancel();
            }
        } catch (IOException e) {
            wrong.add(e + " after: " + text);
            key.cancel();
        }
        if (text.toString().endsWith("\r\n\r\nok")) {
            if (text.toString().startsWith("HTTP/1.1 200")) {
                answered++;
            } else {
                wrong.add(text.toString());
            }
            text.setLength(0);
        }
    }
}
