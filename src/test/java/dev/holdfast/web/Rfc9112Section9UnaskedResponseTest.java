package dev.holdfast.web;

import static dev.holdfast.web.ResponseRelay.GET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.SocketException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upstream says without having been asked must not become the answer to what is asked next. */
class Rfc9112Section9UnaskedResponseTest {
    private static final String EVIL = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";

    private ResponseRelay relay;
    private Wire client;

    @BeforeEach
    void start() throws Exception {
        relay = new ResponseRelay();
        client = relay.site.client();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        relay.close();
    }

    /** All of it, only its beginning, and what is not even that. */
    @ParameterizedTest
    @ValueSource(ints = {1, 9, 17, 20, 36, 38, 40, 42})
    void comesWithTheAnswer(int bytes) throws Exception {
        for (String answer : new String[] {
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            "HTTP/1.1 204 OK\r\n\r\n"
        }) {
            client.send(GET);
            try (ScriptedUpstream.Arrived first = relay.upstream.acceptRequest()) {
                first.connection().send(answer + EVIL.substring(0, bytes));
                readAnswer();
                theNextIsAnsweredWell(first.connection(), bytes);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9, 17, 20, 36, 38, 40, 42})
    void comesLater(int bytes) throws Exception {
        client.send(GET);
        try (ScriptedUpstream.Arrived first = relay.upstream.acceptRequest()) {
            first.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            readAnswer();
            first.connection().send(EVIL.substring(0, bytes));
            assertEquals("<closed>", end(first.connection()));
            theNextIsAnsweredWell(first.connection(), bytes);
        }
    }

    @Test
    void comesBeforeTheUploadIsOver() throws Exception {
        client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 6\r\n\r\nabc");
        try (ScriptedUpstream.Arrived first = relay.upstream.acceptRequest()) {
            assertEquals("abc", first.connection().read(3));
            first.connection().send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
            assertTrue(client.readHead().startsWith("HTTP/1.1 200 "));
            first.connection().send(EVIL.substring(0, 20));
            assertEquals("<closed>", end(first.connection()));
        }
        try (Wire next = relay.site.client()) {
            next.send(GET);
            answerWell(next);
        }
    }

    private void readAnswer() throws Exception {
        String head = client.readHead();
        if (head.contains("chunked")) {
            assertEquals("2\r\nok\r\n0\r\n\r\n", client.read(12));
        } else if (head.contains("Content-Length")) {
            assertEquals("ok", client.read(2));
        }
    }

    private void theNextIsAnsweredWell(Wire used, int bytes) throws Exception {
        client.send(GET);
        if (isAsked(used)) {
            used.send(EVIL.substring(bytes));
            assertEquals("an answer from another connection", client.readResponse());
        }
        answerWell(client);
    }

    private static boolean isAsked(Wire used) throws Exception {
        try {
            return !used.readHead().isEmpty();
        } catch (SocketException reset) {
            return false;
        }
    }

    private void answerWell(Wire asking) throws Exception {
        try (ScriptedUpstream.Arrived next = relay.upstream.acceptRequest()) {
            next.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell");
            assertTrue(asking.readResponse().endsWith("well"));
        }
    }

    private static String end(Wire connection) throws Exception {
        String end = connection.readToEnd();
        return end.isEmpty() || end.equals("<reset>") ? "<closed>" : end;
    }
}
