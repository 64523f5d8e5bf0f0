package dev.holdfast.web;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An upstream that answers by itself, with a thread for each connection, and counts what arrives. */
final class SmallSite implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: ([0-9]+)\r\n");

    /** Answers one request. */
    interface Page {
        void answer(Request request, OutputStream out, Door.Closing end) throws IOException;
    }

    record Request(String head, byte[] body) {
        String target() {
            return head.split(" ")[1];
        }
    }

    static final Page OK = (request, out, end) -> out.write(response("ok"));
    static final Page END_WITHOUT_ANSWER = (request, out, end) -> end.close();
    static final Page OK_AND_END = (request, out, end) -> {
        out.write(response("ok"));
        out.flush();
        end.close();
    };

    private final Door door;
    private final Page page;
    private final AtomicInteger connections = new AtomicInteger();
    private final Map<String, AtomicInteger> arrivals = new ConcurrentHashMap<>();
    private final List<Door.Guest> guests = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();

    SmallSite(Door door, Page page) {
        this.door = door;
        this.page = page;
        start(this::acceptAll);
    }

    static byte[] response(String body) {
        return ("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    String address() {
        return door.address();
    }

    /** Those on which a request came. */
    int connections() {
        return connections.get();
    }

    /** Those on which a request came, and that have not ended. */
    int openConnections() {
        return open.get();
    }

    int arrivals(String target) {
        return arrivals.getOrDefault(target, new AtomicInteger()).get();
    }

    private void acceptAll() {
        try {
            for (; ; ) {
                Door.Guest guest = door.accept();
                guests.add(guest);
                start(() -> serve(guest));
            }
        } catch (IOException closed) {
            // The end of the site.
        }
    }

    private void serve(Door.Guest guest) {
        boolean used = false;
        try (InputStream in = new BufferedInputStream(guest.in());
                OutputStream out = new BufferedOutputStream(guest.out(), 64 * 1024)) {
            for (Request request = read(in); request != null; request = read(in)) {
                if (!used) {
                    used = true;
                    connections.incrementAndGet();
                    open.incrementAndGet();
                }
                arrivals.computeIfAbsent(request.target(), target -> new AtomicInteger())
                        .incrementAndGet();
                page.answer(request, out, guest.end());
                out.flush();
            }
        } catch (IOException ended) {
            // By the other side, or by the page.
        } finally {
            if (used) {
                open.decrementAndGet();
            }
        }
    }

    private static Request read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        String text = "";
        while (!text.endsWith("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                return null;
            }
            head.write(c);
            if (c == '\n') {
                text = head.toString(StandardCharsets.ISO_8859_1);
            }
        }
        Matcher length = LENGTH.matcher(text);
        return new Request(text, in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0));
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "small-site");
        thread.setDaemon(true);
        thread.start();
    }

    /** All connections end too. */
    @Override
    public void close() throws IOException {
        door.close();
        for (Door.Guest guest : guests) {
            guest.end().close();
        }
    }
}
