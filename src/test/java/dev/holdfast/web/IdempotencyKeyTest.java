package dev.holdfast.web;

import static dev.holdfast.web.AnsweringUpstream.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A held request that its client sends once more, with the same {@code Idempotency-Key}, runs once. */
class IdempotencyKeyTest {
    private AnsweringUpstream upstream;
    private TestSite site;

    @BeforeEach
    void start() throws Exception {
        upstream = new AnsweringUpstream(target -> OK);
        site = TestSite.before(upstream.port(), "trustedProxies", "127.0.0.1", "releaseConcurrency", "1");
        site.hold();
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        upstream.close();
    }

    @Test
    void theFirstIsAnswered409AndTheSecondRunsInItsPlace() throws Exception {
        try (Wire first = site.client();
                Wire other = site.client();
                Wire second = site.client()) {
            first.send(request("POST", "/pay", "k1", "192.0.2.1"));
            site.awaitHeld(1);
            other.send(request("POST", "/other", "k1", "192.0.2.1"));
            site.awaitHeld(2);
            second.send(request("POST", "/pay", "k1", "192.0.2.1"));

            String answer = first.readResponse();
            assertTrue(answer.startsWith("HTTP/1.1 409 "), answer);
            assertFalse(answer.contains("Retry-After"), answer);
            assertEquals(2, site.site().gate().snapshot().held());

            site.release();
            assertTrue(second.readResponse().endsWith("ok"));
            assertTrue(other.readResponse().endsWith("ok"));
            assertEquals(List.of("/pay", "/other"), upstream.targets());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /pay, k2, 192.0.2.1", "POST, /pay?x, k1, 192.0.2.1", "PUT, /pay, k1, 192.0.2.1",
        "POST, /pay, k1, 192.0.2.2", "POST, /pay, '', 192.0.2.1", "POST, /pay, k1, '192.0.2.1, 192.0.2.3'"
    })
    void anotherKeyTargetMethodOrClientIsAnotherRequest(String method, String target, String key, String client)
            throws Exception {
        try (Wire first = site.client();
                Wire second = site.client()) {
            first.send(request("POST", "/pay", "k1", "192.0.2.1"));
            site.awaitHeld(1);
            second.send(request(method, target, key, client));
            site.awaitHeld(2);
            site.release();
            assertTrue(first.readResponse().endsWith("ok"));
            assertTrue(second.readResponse().endsWith("ok"));
        }
    }

    @Test
    void safeMethodsMayRunTwice() throws Exception {
        try (Wire first = site.client();
                Wire second = site.client()) {
            first.send(request("GET", "/pay", "k1", "192.0.2.1"));
            site.awaitHeld(1);
            second.send(request("GET", "/pay", "k1", "192.0.2.1"));
            site.awaitHeld(2);
        }
    }

    private static String request(String method, String target, String key, String client) {
        return method + " " + target + " HTTP/1.1\r\nHost: site\r\nContent-Length: 0\r\nX-Forwarded-For: " + client
                + "\r\nIdempotency-Key: " + key + "\r\n\r\n";
    }
}
