package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Locale;
import org.apache.catalina.LifecycleException;

/** A client, Holdfast and a scripted upstream in a row: what is sent here arrives there, and how. */
final class Relay implements AutoCloseable {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    final ScriptedUpstream upstream = new ScriptedUpstream();
    final TestSite site;

    Relay(String... settings) throws Exception {
        this((connector, context) -> {}, settings);
    }

    Relay(TestSite.Change change, String... settings) throws Exception {
        site = TestSite.before(upstream.port(), change, settings);
    }

    /** What the upstream got: head and body as they were on the wire. */
    record Seen(String head, String body) {
        String line() {
            return head.substring(0, head.indexOf("\r\n"));
        }

        /** The fields, each with its line's end, without those that Holdfast adds to every request. */
        String fields() {
            String all = head.substring(head.indexOf("\r\n") + 2, head.length() - 2);
            return all.replaceAll("(?m)^(X-Forwarded-(For|Host|Proto|Port): .*|Via: 1.1 holdfast)\r\n", "");
        }

        boolean has(String field) {
            return head.contains("\r\n" + field + "\r\n");
        }
    }

    /** Sends it on a connection of its own; the upstream answers 200, which the client gets. */
    Seen pass(String request) throws IOException {
        try (Wire client = site.client()) {
            client.send(request);
            Seen seen = answer();
            String response = client.readResponse();
            assertTrue(response.startsWith("HTTP/1.1 200 "), response);
            return seen;
        }
    }

    /** The upstream's part: takes a request with its body and answers 200. */
    Seen answer() throws IOException {
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            String body = readBody(arrived.head(), arrived.connection());
            arrived.connection().send(OK);
            return new Seen(arrived.head(), body);
        }
    }

    /** The same request twice, once held; it must arrive alike but for what tells of the hold. */
    Seen passAndHold(String request) throws IOException {
        Seen passed = pass(request);
        site.hold();
        try (Wire client = site.client()) {
            client.send(request);
            site.awaitHeld(1);
            site.release();
            Seen held = answer();
            assertEquals(passed, new Seen(held.head().replaceFirst("(?m)^X-Held-Ms: \\d+\r\n", ""), held.body()));
            assertNotEquals(passed.head(), held.head());
            assertTrue(client.readResponse().startsWith("HTTP/1.1 200 "));
        }
        Until.true_(() -> !site.site().gate().isShut());
        return passed;
    }

    /** Sends what is to be refused: the connection is closed, and nothing has reached the upstream. Returns the status. */
    int refuse(String request) throws IOException {
        String response;
        try (Wire client = site.client()) {
            client.send(request);
            response = client.readToEnd();
        }
        assertEquals(
                "GET /next HTTP/1.1",
                pass("GET /next HTTP/1.1\r\nHost: site\r\n\r\n").line());
        return Integer.parseInt(response.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3));
    }

    /** A test that failed is no matter to the next. */
    void forget() throws IOException {
        while (upstream.hasPending(1)) {
            Thread.onSpinWait();
        }
    }

    static String readBody(String head, Wire connection) throws IOException {
        String lower = head.toLowerCase(Locale.ROOT);
        if (lower.contains("\r\ntransfer-encoding: chunked\r\n")) {
            StringBuilder body = new StringBuilder();
            boolean last = false;
            while (!(last && body.toString().endsWith("\r\n\r\n"))) {
                String c = connection.read(1);
                assertTrue(!c.isEmpty(), () -> "cut after: " + body);
                body.append(c);
                last = last
                        || body.toString().equals("0\r\n")
                        || body.toString().endsWith("\r\n0\r\n");
            }
            return body.toString();
        }
        int at = lower.indexOf("\r\ncontent-length: ");
        if (at < 0) {
            return "";
        }
        at += "\r\ncontent-length: ".length();
        return connection.read(Integer.parseInt(lower.substring(at, lower.indexOf("\r\n", at))));
    }

    @Override
    public void close() throws IOException, LifecycleException {
        site.close();
        upstream.close();
    }
}
