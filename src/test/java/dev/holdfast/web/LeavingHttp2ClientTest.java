package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Clients that have their answer by its length, and leave before Tomcat has said that it ends: as curl does. The next clients
 * were answered 500, with what Tomcat had kept of them; or what was for the one who left was sent to them.
 */
class LeavingHttp2ClientTest {
    private static final int LENGTH = 141;
    private static final int CLIENTS = 8;
    private static final int TIMES = 100;

    @Test
    void doNotHaveTheNextAnsweredWithAnError() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: " + LENGTH + "\r\n\r\n" + "x".repeat(LENGTH);
        AnsweringUpstream.Script script = target -> {
            Thread.sleep(ThreadLocalRandom.current().nextInt(20));
            return answer;
        };
        try (AnsweringUpstream upstream = new AnsweringUpstream(script);
                TestSite site = TestSite.before(upstream.port())) {
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(CompletableFuture.runAsync(
                        () -> comeAndLeave(site.port()), task -> new Thread(task, "client").start()));
            }
            for (CompletableFuture<Void> client : clients) {
                client.get(60, TimeUnit.SECONDS);
            }
        }
    }

    /** At the worst moment for it, which otherwise comes once in tens of thousands of times. */
    @Test
    void doNotHaveTheirEndSentToTheNext() throws Exception {
        LateEndpoint endpoint = new LateEndpoint();
        try (AnsweringUpstream upstream = new AnsweringUpstream(target -> AnsweringUpstream.OK);
                TestSite site = TestSite.before(upstream.port(), endpoint.asChange())) {
            try (H2Wire leaving = new H2Wire(site.port())) {
                leaving.get("/");
                endpoint.awaitWriter();
            }
            endpoint.awaitClosed();
            try (H2Wire next = new H2Wire(site.port())) {
                endpoint.awaitWritten();
                H2Wire.Frame head = next.readContent(next.get("/"));
                assertEquals(H2Wire.HEADERS, head.type(), "what comes first");
            }
        }
    }

    private static void comeAndLeave(int port) {
        for (int i = 0; i < TIMES; i++) {
            try (H2Wire client = new H2Wire(port)) {
                int stream = client.get("/");
                H2Wire.Frame head = client.readContent(stream);
                assertEquals(H2Wire.HEADERS, head.type(), "what comes first");
                assertTrue(head.fields().startsWith(":status: 200\n"), () -> head + " " + head.text());
                int got = 0;
                while (got < LENGTH) {
                    H2Wire.Frame frame = client.readContent(stream);
                    assertEquals(H2Wire.DATA, frame.type());
                    got += frame.payload().length;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
