package dev.holdfast.web;

import static dev.holdfast.web.Http2Refusals.assertRefused;
import static dev.holdfast.web.Http2Refusals.split;
import static dev.holdfast.web.Http2Refusals.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lengths that are none or are wrong, and ends that are none: at most one request of that reaches the upstream, and none that looks whole. */
class Rfc9113Section811MalformedBodyTest {
    /** What somebody would like to get past us. */
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: site\r\n\r\n";

    private static Http2Refusals refusals;
    private static ScriptedUpstream upstream;

    private H2Wire client;

    @BeforeAll
    static void start() throws Exception {
        refusals = new Http2Refusals();
        upstream = refusals.relay.upstream;
    }

    @BeforeEach
    void connect() throws Exception {
        client = refusals.client();
    }

    @AfterEach
    void forget() throws Exception {
        client.close();
        refusals.relay.forget();
    }

    @AfterAll
    static void stop() throws Exception {
        refusals.close();
    }

    /** In the head, since the request ends with it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "content-length: 5",
                "content-length: -1",
                "content-length: +0",
                "content-length: 0x0",
                "content-length: 0, 0",
                "content-length: 0;",
                "content-length: 18446744073709551616",
                "content-length: a",
                "content-length: ",
                "content-length: 0\u0001content-length: 0",
                "content-length: 0\u0001content-length: 5"
            })
    void section811ALengthThatDiffersFromThatOfNoBody(String fields) throws Exception {
        refusals.assertRefused(with(fields.split("\u0001")));
    }

    /** Tomcat gives the request away before it looks, and fails when it is asked for the length: it was 500, with a stack trace in the log. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "0x3", "-1", "+3", "3, 3", "", "3\u0001content-length: 3", "3\u0001content-length: 5"})
    void section811ALengthThatIsNone(String length) throws Exception {
        String[] fields = with(("content-length: " + length).split("\u0001")).toArray(new String[0]);
        try (H2Wire plain = refusals.client().plainly()) {
            int stream = plain.head(false, fields);
            H2Wire.Frame answer = plain.readContent(stream);
            assertTrue(answer.fields().startsWith(":status: 400\n"), answer + answer.fields());
        }
        try (H2Wire plain = refusals.client().plainly()) {
            int stream = plain.head(false, fields);
            plain.data(stream, "abc", true);
            assertRefused(plain, stream);
        }
        refusals.assertOthersGoOn();
    }

    /** Tomcat resets the stream, and tells nobody: the upstream was left to wait for the rest until clientTimeout. */
    @Test
    void section811ALengthThatDiffersFromThatOfTheBodyIsAnAbortForTheUpstream() throws Exception {
        for (String body : List.of("", "ab", "abcdef", "abc|d")) {
            int stream = client.request("POST", "/", false, "content-length", "3");
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                assertTrue(arrived.head().contains("\r\ncontent-length: 3\r\n"), arrived.head());
                String[] pieces = body.split("\\|");
                for (int i = 0; i < pieces.length - 1; i++) {
                    client.data(stream, pieces[i], false);
                    assertEquals(pieces[i], arrived.connection().read(pieces[i].length()));
                }
                client.data(stream, pieces[pieces.length - 1], true);
                assertEquals(H2Wire.RST_STREAM, client.readContent(stream).type());
                String rest = arrived.connection().readToEnd();
                assertTrue(rest.length() < "abc<reset>".length() && rest.endsWith("<reset>"), rest);
            }
        }
        refusals.assertOthersGoOn();
    }

    @Test
    void section811ABodyBehindALengthOfNoneGoesNowhere() throws Exception {
        int stream = client.request("POST", "/", false, "content-length", "0");
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertTrue(arrived.head().contains("\r\ncontent-length: 0\r\n"), arrived.head());
            client.data(stream, SMUGGLED, true);
            assertEquals(H2Wire.RST_STREAM, client.readContent(stream).type());
            arrived.connection().send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
            assertEquals("", arrived.connection().readToEnd().replace("<reset>", ""));
        }
        refusals.assertOthersGoOn();
    }

    @Test
    void section81WhatIsInABodyIsNoRequest() throws Exception {
        for (String[] fields : new String[][] {{}, {"content-length", "" + SMUGGLED.length()}}) {
            int stream = client.request("GET", "/", false, fields);
            client.data(stream, SMUGGLED, true);
            try (Wire connection = upstream.accept()) {
                StrictRequest request = StrictRequest.read(connection.socket().getInputStream());
                assertEquals(SMUGGLED, new String(request.body(), StandardCharsets.ISO_8859_1));
                connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
                assertEquals("ok", client.readResponse(stream).body());
                assertEquals("", connection.readToEnd());
            }
        }
    }

    /** Behind a body that has no length, so that only its end tells that it is whole. */
    @ParameterizedTest
    @CsvSource({
        "true, ':path: /smuggled'",
        "true, 'X-Sum: 1'",
        "true, 'x-sum: 1\r\n\r\nGET /smuggled HTTP/1.1'",
        "true, 'transfer-encoding: chunked'",
        "true, 'connection: close'",
        "false, 'x-sum: 1'"
    })
    void section81TrailersThatAreNoneAreNoEnd(boolean end, String field) throws Exception {
        int stream = client.plainly().request("POST", "/", false);
        client.data(stream, "x".repeat(4_000), false);
        try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
            assertEquals(4007, arrived.connection().read(4007).length());
            client.head(stream, end, split(field).toArray(new String[0]));
            assertRefused(client, stream);
            assertEquals("<reset>", arrived.connection().readToEnd());
        }
        refusals.assertOthersGoOn();
    }
}
