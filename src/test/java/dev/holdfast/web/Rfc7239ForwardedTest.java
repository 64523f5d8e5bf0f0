package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.apache.catalina.Context;
import org.junit.jupiter.api.Test;

/** What the upstream is told about the client. */
class Rfc7239ForwardedTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: site:81\r\n";
    private static final String FROM_OTHERS = "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.2\r\n"
            + "X-Forwarded-Host: outside\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Port: 443\r\n"
            + "Forwarded: for=192.0.2.1\r\nForwarded: for=192.0.2.2;proto=https\r\n";

    @Test
    void whatAnybodySaysIsReplaced() throws Exception {
        try (Relay relay = new Relay("forwardedHeaders", "both")) {
            assertEquals(
                    "GET / HTTP/1.1\r\nHost: site:81\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: site:81\r\n"
                            + "X-Forwarded-Proto: http\r\nX-Forwarded-Port: 81\r\n"
                            + "Forwarded: for=127.0.0.1;host=\"site:81\";proto=http\r\nVia: 1.1 holdfast\r\n\r\n",
                    relay.pass(GET + FROM_OTHERS + "\r\n").head());
        }
    }

    @Test
    void whatATrustedProxySaysIsKeptAndAppendedTo() throws Exception {
        try (Relay relay = new Relay("forwardedHeaders", "both", "trustedProxies", "127.0.0.0/8")) {
            assertEquals(
                    "GET / HTTP/1.1\r\nHost: site:81\r\nX-Forwarded-For: 192.0.2.1, 192.0.2.2, 127.0.0.1\r\n"
                            + "X-Forwarded-Host: outside\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Port: 443\r\n"
                            + "Forwarded: for=192.0.2.1, for=192.0.2.2;proto=https, for=127.0.0.1;host=\"site:81\";proto=http\r\n"
                            + "Via: 1.1 holdfast\r\n\r\n",
                    relay.passAndHold(GET + FROM_OTHERS + "\r\n").head());
        }
    }

    @Test
    void aTrustedProxyThatSaysNothingIsTheClient() throws Exception {
        try (Relay relay = new Relay("trustedProxies", "127.0.0.1")) {
            Relay.Seen seen = relay.pass(GET + "X-Forwarded-For:\r\n\r\n");

            assertTrue(seen.has("X-Forwarded-For: 127.0.0.1"), seen.head());
            assertTrue(seen.has("X-Forwarded-Proto: http"), seen.head());
        }
    }

    @Test
    void withNoneTheClientsFieldsArePassedLikeAnyOther() throws Exception {
        try (Relay relay = new Relay("forwardedHeaders", "none")) {
            assertEquals(
                    GET + FROM_OTHERS + "Via: 1.1 holdfast\r\n\r\n",
                    relay.pass(GET + "Connection: X-Forwarded-For\r\n" + FROM_OTHERS + "\r\n")
                            .head());
        }
    }

    @Test
    void withOneKindTheOtherIsTakenAway() throws Exception {
        try (Relay relay = new Relay("forwardedHeaders", "forwarded")) {
            String head = relay.pass(GET + FROM_OTHERS + "\r\n").head();

            assertFalse(head.contains("X-Forwarded"), head);
            assertFalse(head.contains("192.0.2"), head);
        }
    }

    @Test
    void addressesOfIpv6AreQuoted() throws Exception {
        try (Relay relay =
                new Relay((connector, context) -> clientFrom(context, "fe80::1%eth0"), "forwardedHeaders", "both")) {
            Relay.Seen seen = relay.pass("GET / HTTP/1.1\r\nHost: [2001:db8::1]:81\r\n\r\n");

            assertTrue(seen.has("Forwarded: for=\"[fe80::1]\";host=\"[2001:db8::1]:81\";proto=http"), seen.head());
            assertTrue(seen.has("X-Forwarded-For: fe80::1"), seen.head());
            assertTrue(seen.has("X-Forwarded-Port: 81"), seen.head());
        }
    }

    /** Tomcat does not know the address of a client that has just left, or that came by a Unix socket: that was a 500. */
    @Test
    void section62AClientOfWhoseAddressNothingIsKnownIsUnknown() throws Exception {
        for (String trusted : new String[] {"none", "127.0.0.1"}) {
            try (Relay relay = new Relay(
                    (connector, context) -> clientFrom(context, null),
                    "forwardedHeaders",
                    "both",
                    "trustedProxies",
                    trusted,
                    "bypassAddresses",
                    "10.0.0.0/8")) {
                Relay.Seen seen = relay.pass(GET + "X-Forwarded-For: 10.0.0.1\r\n\r\n");

                assertTrue(seen.has("X-Forwarded-For: unknown"), seen.head());
                assertTrue(seen.has("Forwarded: for=unknown;host=\"site:81\";proto=http"), seen.head());
            }
        }
    }

    /** As the container sees one from there. */
    private static void clientFrom(Context context, String address) {
        Filter filter = (request, response, chain) -> chain.doFilter(
                new HttpServletRequestWrapper((HttpServletRequest) request) {
                    @Override
                    public String getRemoteAddr() {
                        return address;
                    }
                },
                response);
        TestSite.addFilter(context, filter);
    }
}
