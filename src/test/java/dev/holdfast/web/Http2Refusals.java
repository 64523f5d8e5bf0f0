package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.catalina.LifecycleException;

/** A relay for requests over HTTP/2 that are none: says them, and sees that they are refused, and others are not. */
final class Http2Refusals implements AutoCloseable {
    final Relay relay = new Relay();

    Http2Refusals() throws Exception {
        relay.site.http2().setOverheadCountFactor(0);
        relay.site.http2().setOverheadResetFactor(0); // else Tomcat takes some resets for an attack
        relay.site.http2().setOverheadDataThreshold(0);
    }

    H2Wire client() throws IOException {
        return new H2Wire(relay.site.port());
    }

    /** A good head, and these fields: names and values in turn. */
    static List<String> with(String... more) {
        List<String> fields =
                new ArrayList<>(List.of(":method", "POST", ":scheme", "http", ":path", "/", ":authority", "site"));
        for (String field : more) {
            fields.addAll(split(field));
        }
        return fields;
    }

    static List<String> split(String field) {
        int colon = field.indexOf(": ", field.startsWith(": ") ? 0 : 1);
        return List.of(field.substring(0, colon), field.substring(colon + 2));
    }

    /** Said as an encoder says it, if it can, and letter by letter. */
    void assertRefused(List<String> fields) throws IOException {
        String[] head = fields.toArray(new String[0]);
        if (!fields.contains("")) {
            try (H2Wire client = client()) {
                assertRefused(client, client.head(true, head));
            }
        }
        try (H2Wire client = client().plainly()) {
            assertRefused(client, client.head(true, head));
        }
        assertOthersGoOn();
    }

    /** Tomcat closes the connection, without a word, when it does not understand a length. */
    static void assertRefused(H2Wire client, int stream) throws IOException {
        H2Wire.Frame answer;
        try {
            answer = client.readContent(stream);
        } catch (EOFException closed) {
            return;
        }
        assertTrue(
                answer.type() == H2Wire.RST_STREAM
                        || answer.type() == H2Wire.GOAWAY
                        || answer.fields().startsWith(":status: 400\n"),
                answer + answer.fields());
    }

    /** And nothing else has come to the upstream. */
    void assertOthersGoOn() throws IOException {
        assertEquals(
                "GET /next HTTP/1.1",
                relay.pass("GET /next HTTP/1.1\r\nHost: site\r\n\r\n").line());
        Until.true_(() -> relay.site.gate().snapshot().inFlight() == 0);
    }

    @Override
    public void close() throws IOException, LifecycleException {
        relay.close();
    }
}
