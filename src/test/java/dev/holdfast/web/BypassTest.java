package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code bypassSecret} and {@code bypassAddresses}: the operator tries the site through the door at which all others wait. */
class BypassTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String SECRET = "open-sesame-0123456789";

    private ScriptedUpstream upstream;
    private TestSite site;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
        siteWith("bypassSecret", SECRET);
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        upstream.close();
    }

    private void siteWith(String... settings) throws Exception {
        if (site != null) {
            site.close();
        }
        site = TestSite.before(upstream.port(), settings);
    }

    /** What the upstream sees of a GET with these fields, which are lines that end. */
    private String seenThere(Wire client, String target, String fields) throws Exception {
        client.send("GET " + target + " HTTP/1.1\r\nHost: site\r\nConnection: close\r\n" + fields + "\r\n");
        try (ScriptedUpstream.Arrived there = upstream.acceptRequest()) {
            there.connection().send(OK);
            assertTrue(client.readToEnd().endsWith("ok"));
            return there.head();
        }
    }

    private String answerTo(String target, String fields) throws Exception {
        try (Wire client = site.client()) {
            client.send("GET " + target + " HTTP/1.1\r\nHost: site\r\n" + fields + "\r\n");
            return client.readHead();
        }
    }

    private String cookie() throws Exception {
        Matcher matcher = Pattern.compile("holdfast-bypass=[^;]+").matcher(answerTo("/?holdfast-bypass=" + SECRET, ""));
        assertTrue(matcher.find());
        return matcher.group();
    }

    @Test
    void theFieldOpensTheDoorWhileOthersWaitAndTheMarkerStays() throws Exception {
        site.hold();
        Until.true_(() -> Files.exists(site.drainedMarker()));
        try (Wire other = site.client();
                Wire operator = site.client()) {
            other.send("GET /page HTTP/1.1\r\nHost: site\r\n\r\n");
            site.awaitHeld(1);
            operator.send("GET /page HTTP/1.1\r\nHost: site\r\nHoldfast-Bypass: " + SECRET + "\r\nA: b\r\n\r\n");
            try (ScriptedUpstream.Arrived there = upstream.acceptRequest()) {
                assertTrue(there.head().contains("\r\nA: b\r\n"), there.head());
                assertFalse(there.head().contains(SECRET), there.head());
                assertFalse(there.head().toLowerCase(java.util.Locale.ROOT).contains("bypass"), there.head());
                assertEquals(0, site.gate().snapshot().inFlight());
                assertTrue(Files.exists(site.drainedMarker()));
                there.connection().send(OK);
                assertTrue(operator.readResponse().endsWith("ok"));
            }
            assertEquals(1, site.gate().snapshot().held());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Holdfast-Bypass: wrong\r\n",
                "Holdfast-Bypass: \r\n",
                "Holdfast-Bypass: " + SECRET + "0\r\n",
                "Holdfast_Bypass: " + SECRET + "\r\n",
                "Cookie: holdfast-bypass=" + SECRET + "\r\n",
                "Cookie: holdfast-bypass=\r\n",
                "Authorization: " + SECRET + "\r\n"
            })
    void whoDoesNotSayItWaits(String fields) throws Exception {
        site.hold();
        try (Wire client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: site\r\n" + fields + "\r\n");
            site.awaitHeld(1);
        }
    }

    @Test
    void aBypassThatFindsNoUpstreamIsToldSo() throws Exception {
        upstream.close();
        site.hold();
        assertTrue(answerTo("/", "Holdfast-Bypass: " + SECRET + "\r\n").startsWith("HTTP/1.1 502 "));
    }

    @Test
    void oneVisitGivesACookieThatOpensTheDoor() throws Exception {
        site.hold();

        String answer = answerTo("/a/b?c=d&holdfast-bypass=" + SECRET + "&e", "");

        assertTrue(answer.startsWith("HTTP/1.1 302 "), answer);
        assertTrue(answer.contains("\r\nLocation: ?c=d&e\r\n"), answer);
        assertTrue(answer.contains("\r\nCache-Control: no-store\r\n"), answer);
        Matcher cookie = Pattern.compile(
                        "\r\nSet-Cookie: (holdfast-bypass=[A-Za-z0-9_-]{43}); Path=/; HttpOnly; SameSite=Lax\r\n")
                .matcher(answer);
        assertTrue(cookie.find(), answer);
        assertFalse(answer.contains(SECRET), answer);
        try (Wire client = site.client()) {
            String there = seenThere(client, "/a/b?c=d&e", "Cookie: a=\"b c\";" + cookie.group(1) + ";  d=e\r\n");
            assertTrue(there.startsWith("GET /a/b?c=d&e HTTP/1.1\r\n"), there);
            assertTrue(there.contains("\r\nCookie: a=\"b c\";  d=e\r\n"), there);
            assertFalse(there.contains("bypass"), there);
        }
    }

    @Test
    void fieldAndCookieAreOursAloneWhileTheGateIsOpenToo() throws Exception {
        try (Wire client = site.client()) {
            String there = seenThere(
                    client,
                    "/",
                    "Holdfast-Bypass: x\r\nCookie: holdfast-bypass=y\r\nCookie: a=b\r\nholdfast_bypass: z\r\n");
            assertFalse(there.toLowerCase(java.util.Locale.ROOT).contains("bypass"), there);
            assertTrue(there.contains("\r\nCookie: a=b\r\n"), there);
            assertEquals(1, there.split("Cookie:", -1).length - 1, there);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/a?holdfast-bypass= /a",
                "/a?holdfast-bypass /a",
                "/a?holdfast-bypass=wrong /a",
                "/?holdfast-bypass=x&a=b ?a=b",
                "/?a=b&holdfast-bypass=x ?a=b",
                "//evil.example/?holdfast-bypass=x ?",
                "//evil.example/?holdfast-bypass=x&a ?a",
                "/.//evil.example?holdfast-bypass=x ?",
                "/;/evil.example?holdfast-bypass=x ?"
            })
    void theWayBackIsTheSamePageAndNoOtherHost(String target, String location) throws Exception {
        String answer = answerTo(target, "");
        assertTrue(answer.startsWith("HTTP/1.1 302 "), answer);
        assertTrue(answer.contains("\r\nLocation: " + location + "\r\n"), answer);
        boolean takenBack =
                answer.contains("\r\nSet-Cookie: holdfast-bypass=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0\r\n");
        assertEquals(!target.contains("=wrong") && !target.contains("=x"), takenBack, answer);
        assertFalse(upstream.hasPending(20));
    }

    @Test
    void theSecretInTheQueryOfAnUploadGoesNoFurther() throws Exception {
        try (Wire client = site.client()) {
            client.send(
                    "POST /a?b&holdfast-bypass=" + SECRET + "&c HTTP/1.1\r\nHost: site\r\nContent-Length: 2\r\n\r\nhi");
            try (ScriptedUpstream.Arrived there = upstream.acceptRequest()) {
                assertTrue(there.head().startsWith("POST /a?b&c HTTP/1.1\r\n"), there.head());
                there.connection().send(OK);
                assertTrue(client.readResponse().endsWith("ok"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/?a=holdfast-bypass=x", "/?holdfast-bypassed=x", "/?xholdfast-bypass=y", "/holdfast-bypass=x"})
    void otherParametersAreTheSites(String target) throws Exception {
        try (Wire client = site.client()) {
            assertTrue(seenThere(client, target, "").startsWith("GET " + target + " "));
        }
    }

    @Test
    void withoutASecretTheParameterIsTheSites() throws Exception {
        siteWith();
        try (Wire client = site.client()) {
            assertTrue(seenThere(client, "/?holdfast-bypass=", "").startsWith("GET /?holdfast-bypass= "));
        }
    }

    @Test
    void theCookieIsForHttpsAloneWhereTheVisitWas() throws Exception {
        String visit = "/?holdfast-bypass=" + SECRET;
        assertFalse(answerTo(visit, "X-Forwarded-Proto: https\r\n").contains("Secure"));
        siteWith("bypassSecret", SECRET, "trustedProxies", "127.0.0.1");
        assertTrue(answerTo(visit, "X-Forwarded-Proto: https\r\n").contains("; SameSite=Lax; Secure\r\n"));
    }

    @Test
    void aCookieOfAnotherSecretIsNone() throws Exception {
        String old = cookie();
        siteWith("bypassSecret", SECRET + "-new");
        site.hold();
        try (Wire client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: site\r\nCookie: " + old + "\r\n\r\n");
            site.awaitHeld(1);
        }
    }

    @Test
    void theSecretIsNotLogged() throws Exception {
        try (LogTap log = new LogTap()) {
            String token = cookie().split("=", 2)[1];
            upstream.close();
            site.hold();
            answerTo("/", "Holdfast-Bypass: " + SECRET + "\r\n");
            answerTo("/", "Cookie: holdfast-bypass=" + token + "\r\n");
            assertFalse(log.has(SECRET), log.all());
            assertFalse(log.has(token), log.all());
        }
    }

    @Test
    void anAddressOpensTheDoor() throws Exception {
        siteWith("bypassAddresses", "127.0.0.0/8");
        site.hold();
        try (Wire client = site.client()) {
            assertTrue(seenThere(client, "/", "").startsWith("GET / "));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-For: 10.0.0.1\r\n", "Forwarded: for=10.0.0.1\r\n", "X-Real-IP: 10.0.0.1\r\n"})
    void anAddressThatTheClientMadeUpDoesNot(String fields) throws Exception {
        siteWith("bypassAddresses", "10.0.0.0/8");
        waits(fields);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-For: 203.0.113.9\r\n", "Forwarded: for=203.0.113.9\r\n", "Via: 1.1 front\r\n"})
    void norDoesThatOfAProxyThatIsNotTrusted(String fields) throws Exception {
        siteWith("bypassAddresses", "127.0.0.0/8");
        waits(fields);
    }

    @Test
    void anAddressBehindATrustedProxyOpensTheDoor() throws Exception {
        siteWith("bypassAddresses", "10.0.0.0/8", "trustedProxies", "127.0.0.1");
        site.hold();
        try (Wire client = site.client()) {
            assertTrue(seenThere(client, "/", "X-Forwarded-For: 203.0.113.9, 10.0.0.1\r\n")
                    .startsWith("GET / "));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: 10.0.0.1, 203.0.113.9\r\n",
                "X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 203.0.113.9\r\n",
                "X-Forwarded-For: 10.0.0.1, unknown\r\n",
                "X-Forwarded-For: 10.0.0.1:80\r\n",
                "X_Forwarded_For: 10.0.0.1\r\n",
                ""
            })
    void norDoesOneThatATrustedProxyDoesNotVouchFor(String fields) throws Exception {
        // The proxy's own address is in the range, too: it says nothing of the client.
        siteWith("bypassAddresses", "10.0.0.0/8,127.0.0.0/8", "trustedProxies", "127.0.0.1");
        waits(fields);
    }

    private void waits(String fields) throws Exception {
        site.hold();
        try (Wire client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: site\r\n" + fields + "\r\n");
            site.awaitHeld(1);
            assertFalse(upstream.hasPending(20));
        }
    }
}
