package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The site is told how long a request was held, by us alone. */
class HeldHeaderTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String FORGED =
            "GET / HTTP/1.1\r\nHost: site\r\nX-Held-Ms: 99999999\r\nx_held_ms: 99999999\r\nConnection: X-Held-Ms\r\n\r\n";

    private ScriptedUpstream upstream;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
    }

    private String seenThere(TestSite site, boolean held) throws Exception {
        if (held) {
            site.hold();
        }
        try (Wire client = site.client()) {
            client.send(FORGED);
            if (held) {
                site.awaitHeld(1);
                long sinceMillis = System.nanoTime() / 1_000_000;
                Until.true_(() -> System.nanoTime() / 1_000_000 - sinceMillis > 20);
                site.release();
            }
            try (ScriptedUpstream.Arrived there = upstream.acceptRequest()) {
                there.connection().send(OK);
                assertTrue(client.readResponse().endsWith("ok"));
                return there.head();
            }
        }
    }

    @Test
    void aRequestThatWasHeldSaysForHowLong() throws Exception {
        try (TestSite site = TestSite.before(upstream.port())) {
            String head = seenThere(site, true);

            Matcher field = Pattern.compile("(?i)\r\nX[-_]Held[-_]Ms: ([^\r]*)").matcher(head);
            assertTrue(field.find(), head);
            long millis = Long.parseLong(field.group(1));
            assertTrue(millis >= 20 && millis < 60_000, head);
            assertFalse(field.find(), head);
        }
    }

    @Test
    void oneThatWasNotSaysNothing() throws Exception {
        try (TestSite site = TestSite.before(upstream.port())) {
            assertFalse(seenThere(site, false).contains("99999999"));
        }
    }

    @Test
    void theFieldHasTheNameThatIsSet() throws Exception {
        try (TestSite site = TestSite.before(upstream.port(), "heldHeader", "X-Waited")) {
            assertTrue(seenThere(site, true).contains("\r\nX-Waited: "));
        }
    }

    @Test
    void withoutTheFieldAClientsOwnIsAnyOther() throws Exception {
        try (TestSite site = TestSite.before(upstream.port(), "heldHeader", "none")) {
            String head = seenThere(site, true);
            assertFalse(head.contains("X-Held-Ms"), "Connection names it: " + head);
            assertTrue(head.contains("\r\nx_held_ms: 99999999\r\n"), head);
        }
    }
}
