package dev.holdfast.web;

import static dev.holdfast.web.AnsweringUpstream.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.web.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Whoever opens a page is shown that it waits; everything else waits. */
class WaitingPageTest {
    private static final String HTML = "Accept: text/html,*/*;q=0.8\r\n";
    private static final String NAVIGATION = "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n" + HTML;

    private final List<Wire> waiting = new ArrayList<>();
    private AnsweringUpstream upstream;
    private TestSite site;

    @BeforeEach
    void start() throws Exception {
        upstream = new AnsweringUpstream(target -> OK);
        site = TestSite.before(upstream.port(), "waitPageAfter", "300ms");
    }

    @AfterEach
    void stop() throws Exception {
        for (Wire client : waiting) {
            client.close();
        }
        site.close();
        upstream.close();
    }

    @Test
    void aPageThatIsHeldForLongerIsAnsweredWithIt() throws Exception {
        site.hold();
        Answer answer = ask("GET /a?b", NAVIGATION);

        assertEquals(503, answer.status());
        assertEquals("5", answer.fields().get("Retry-After"));
        assertEquals("no-store", answer.fields().get("Cache-Control"));
        assertEquals("text/html;charset=UTF-8", answer.fields().get("Content-Type"));
        assertTrue(answer.body().contains("<p>The site is being upgraded."), answer.body());
        assertTrue(
                Pattern.compile("since <time class=\"holdfast-since\" datetime=\"\\d{4}-\\d\\d-\\d\\dT[\\d:]{8}Z\">")
                        .matcher(answer.body())
                        .find(),
                answer.body());
        assertTrue(
                answer.body().contains("<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>"),
                answer.body());
        assertEquals(1, site.gate().snapshot().counts().postponed());
        site.release();
        Until.true_(() -> !site.gate().isShut());
        assertEquals(List.of(), upstream.targets());
    }

    @Test
    void everythingElseGoesOnBeingHeld() throws Exception {
        site.hold();
        List<String> others = List.of(
                "POST /1 HTTP/1.1\r\nContent-Length: 0\r\n" + NAVIGATION,
                "HEAD /2 HTTP/1.1\r\n" + NAVIGATION,
                "GET /3 HTTP/1.1\r\n" + HTML,
                "GET /4 HTTP/1.1\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n" + HTML,
                "GET /5 HTTP/1.1\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n" + HTML,
                "GET /6 HTTP/1.1\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nAccept: */*\r\n");
        for (String other : others) {
            Wire client = site.client();
            waiting.add(client);
            client.send(other + "Host: site\r\n\r\n");
            site.awaitHeld(waiting.size());
        }

        assertEquals(503, ask("GET /page", NAVIGATION).status());
        assertEquals(503, ask("GET /page", NAVIGATION).status());
        assertEquals(others.size(), site.gate().snapshot().held());

        site.release();
        for (Wire client : waiting) {
            assertTrue(client.readHead().startsWith("HTTP/1.1 200 "));
        }
        assertEquals(others.size(), upstream.targets().size());
    }

    @Test
    void aGateThatOpensBeforeLetsThePageThrough() throws Exception {
        site.close();
        site = TestSite.before(upstream.port(), "waitPageAfter", "1h");
        site.hold();
        try (Wire client = site.client()) {
            client.send("GET /a HTTP/1.1\r\nHost: site\r\n" + NAVIGATION + "\r\n");
            site.awaitHeld(1);
            site.release();
            assertTrue(client.readResponse().endsWith("ok"));
        }
    }

    @Test
    void withoutTheSettingItIsHeldAndNoPollIsAnswered() throws Exception {
        site.close();
        site = TestSite.before(upstream.port());
        assertEquals("ok", ask("GET /a?holdfast-poll", "").body());
        site.hold();
        try (Wire client = site.client()) {
            client.send("GET /b HTTP/1.1\r\nHost: site\r\n" + NAVIGATION + "\r\n");
            site.awaitHeld(1);
            Until.quiet(() -> site.gate().snapshot().held() == 1);
            site.release();
            assertTrue(client.readResponse().endsWith("ok"));
        }
        assertEquals(List.of("/a?holdfast-poll", "/b"), upstream.targets());
    }

    @Nested
    class Poll {
        @Test
        void tellsWhetherToWaitAndIsNeitherHeldNorForwardedNorCounted() throws Exception {
            assertPoll("open");
            site.hold();
            assertPoll("closed");
            site.balance("refuse Closed until Monday.");
            Until.true_(() -> !site.gate().isHolding());
            assertPoll("open"); // so that the reader sees the message

            assertEquals(List.of(), upstream.targets());
            assertEquals(0, site.gate().snapshot().counts().arrived());
        }

        @Test
        void whatOnlyLooksLikeItIsForwarded() throws Exception {
            for (String request : List.of(
                    "POST /a?holdfast-poll",
                    "GET /a?holdfast-polls",
                    "GET /a?b&holdfast-poll",
                    "GET /a?b=/c?holdfast-poll",
                    "GET /holdfast-poll")) {
                assertEquals("ok", ask(request, "Content-Length: 0\r\n").body(), request);
            }
        }

        private void assertPoll(String state) throws Exception {
            try (RawClient client = new RawClient(site.port())) {
                for (int each = 0; each < 2; each++) { // in one connection
                    Answer answer = client.send("GET //a/b?holdfast-poll HTTP/1.1\r\nHost: site\r\n\r\n")
                            .readHead();
                    assertEquals(204, answer.status());
                    assertEquals(state, answer.fields().get("Holdfast-Gate"));
                    assertEquals("no-store", answer.fields().get("Cache-Control"));
                }
            }
        }
    }

    @Nested
    class OfTheOperator {
        @Test
        void isShownInThePlaceOfOursAndReadAgainWhenItChanges() throws Exception {
            Files.writeString(page(), "<!DOCTYPE html><p>Über uns: {{message}}</p>");
            site.hold();
            Answer answer = ask("GET /a", NAVIGATION);
            assertEquals(503, answer.status());
            assertTrue(answer.body().startsWith("<!DOCTYPE html><p>Über uns: The site is being upgraded.</p>"));
            assertEquals(null, answer.fields().get("Content-Security-Policy"));
            assertTrue(answer.body().contains(WaitingPage.SCRIPT), answer.body());

            Files.writeString(page(), "<p>Soon.");
            Until.true_(() -> ask("GET /a", NAVIGATION).body().startsWith("<p>Soon."));
            Files.delete(page());
            Until.true_(() -> ask("GET /a", NAVIGATION).body().contains("<h1>Back in a moment</h1>"));
        }

        @Test
        void isShownToWhoeverIsRefusedAtOnce() throws Exception {
            Files.writeString(page(), "<p>{{message}}<p>{{advice}}");
            site.hold();
            try (RawClient held = new RawClient(site.port())) {
                held.send("POST /a HTTP/1.1\r\nHost: site\r\nContent-Length: 0\r\n" + HTML + "\r\n");
                site.awaitHeld(1);
                site.balance("refuse <b>Closed</b>");

                String again = "Your request was not passed on to the site, so you can send it again in 60 s.";
                assertEquals(
                        "<p>&lt;b&gt;Closed&lt;/b&gt;<p>" + again, held.read().body());
                assertEquals(
                        "<p>&lt;b&gt;Closed&lt;/b&gt;<p>Please try again in 60 s.",
                        ask("GET /b", HTML).body());
                assertEquals(
                        "application/problem+json", ask("GET /b", "").fields().get("Content-Type"));
            }
        }

        @Test
        void isShownToWhoeverHasWaitedForAllTheTime() throws Exception {
            site.close();
            site = TestSite.before(upstream.port(), "maxHold", "100ms");
            Files.writeString(page(), "<p>{{advice}}");
            site.hold();

            assertEquals(
                    "<p>This page tries again by itself in 5 s.<meta http-equiv=\"refresh\" content=\"5\">\n",
                    ask("GET /a", HTML).body());
            assertEquals(
                    "<p>Your request was not passed on to the site, so you can send it again in 5 s.",
                    ask("POST /a", "Content-Length: 0\r\n" + HTML).body());
        }

        @Test
        void thatCannotBeReadIsToldOnceAndOursIsShown() throws Exception {
            try (LogLines log = new LogLines()) {
                Files.write(page(), new byte[] {'a', (byte) 0xff});
                site.hold();
                assertTrue(ask("GET /a", NAVIGATION).body().contains("<h1>Back in a moment</h1>"));
                assertTrue(ask("GET /a", NAVIGATION).body().contains("<h1>Back in a moment</h1>"));
                assertEquals(1, log.count("cannot be used, ours is shown: it is not UTF-8 text"));
            }
        }

        private Path page() {
            return site.balanceFile().resolveSibling("balance.html");
        }
    }

    @Test
    void ourOwnAllowsItsScriptAndNothingElse() throws Exception {
        site.hold();
        Answer answer = ask("GET /a", NAVIGATION);
        String script = answer.body().split("</?script>")[1];
        byte[] hash = java.security.MessageDigest.getInstance("SHA-256")
                .digest(script.getBytes(java.nio.charset.StandardCharsets.UTF_8));

        String policy = answer.fields().get("Content-Security-Policy");
        assertTrue(
                policy.contains("; script-src 'sha256-"
                        + java.util.Base64.getEncoder().encodeToString(hash) + "'; connect-src 'self'; "),
                policy);
        assertTrue(policy.startsWith("default-src 'none'; "), policy);
        assertFalse(answer.body().contains("src="), answer.body());
    }

    private Answer ask(String start, String fields) throws IOException {
        try (RawClient client = new RawClient(site.port())) {
            return client.send(start + " HTTP/1.1\r\nHost: site\r\n" + fields + "\r\n")
                    .read();
        }
    }
}
