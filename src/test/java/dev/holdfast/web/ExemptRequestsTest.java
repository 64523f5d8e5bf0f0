package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code exemptPaths}, {@code holdMethods} and {@code healthPath}: who goes on while others wait, and who does not slip in. */
class ExemptRequestsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static final String CLOSING = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    private static final String STREAM =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n";

    private ScriptedUpstream upstream;
    private TestSite site;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        upstream.close();
    }

    private void siteWith(String... settings) throws Exception {
        site = TestSite.before(upstream.port(), settings);
    }

    @Test
    void anExemptPathGoesOnWhileOthersWaitAndNoDrainWaitsForIt() throws Exception {
        siteWith("exemptPaths", "/static/*");
        try (Wire early = site.client();
                Wire late = site.client();
                Wire other = site.client()) {
            early.send("GET /static/large HTTP/1.1\r\nHost: site\r\n\r\n");
            try (ScriptedUpstream.Arrived earlyThere = upstream.acceptRequest()) {
                site.hold();
                Until.true_(() -> Files.exists(site.drainedMarker()));
                other.send("GET /page HTTP/1.1\r\nHost: site\r\n\r\n");
                site.awaitHeld(1);

                late.send("POST /static/a?b HTTP/1.1\r\nHost: site\r\nContent-Length: 2\r\n\r\nhi");

                try (ScriptedUpstream.Arrived lateThere = upstream.acceptRequest()) {
                    assertTrue(lateThere.head().startsWith("POST /static/a?b HTTP/1.1\r\n"), lateThere.head());
                    assertFalse(lateThere.head().contains("X-Held-Ms"), lateThere.head());
                    lateThere.connection().send(OK);
                    assertTrue(late.readResponse().endsWith("ok"));
                    assertTrue(Files.exists(site.drainedMarker()));
                    assertEquals(1, site.gate().snapshot().held());
                }
                earlyThere.connection().send(OK);
                assertTrue(early.readResponse().endsWith("ok"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/static/../admin",
                "/static/%2e%2e/admin",
                "/static/%2E./admin",
                "/static/..%2Fadmin",
                "/static/%252e%252e/admin",
                "/static/..;/admin",
                "/static/;x",
                "/static//admin",
                "//static/a",
                "/static/a%20b",
                "/static",
                "/admin?/static/a",
                "/admin/static/a"
            })
    void whatMayBeAnotherPathAtTheSiteIsHeld(String target) throws Exception {
        siteWith("exemptPaths", "/static/*");
        site.hold();
        try (Wire client = site.client()) {
            client.send("GET " + target + " HTTP/1.1\r\nHost: site\r\n\r\n");
            site.awaitHeld(1);
            assertFalse(upstream.hasPending(20));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Original-URL: /admin", "x-rewrite-url: /admin", "X_Original-URL: /admin"})
    void aPathThatAFieldReplacesIsHeld(String field) throws Exception {
        siteWith("exemptPaths", "/static/*");
        site.hold();
        try (Wire client = site.client()) {
            client.send("GET /static/a HTTP/1.1\r\nHost: site\r\n" + field + "\r\n\r\n");
            site.awaitHeld(1);
        }
    }

    @Test
    void anExemptRequestThatFindsNoUpstreamIsAnswered502AndNotHeld() throws Exception {
        siteWith("exemptPaths", "/static/*");
        upstream.close();
        site.hold();
        try (Wire client = site.client();
                LogTap log = new LogTap()) {
            client.send("GET /static/a HTTP/1.1\r\nHost: site\r\n\r\n");

            assertTrue(client.readResponse().startsWith("HTTP/1.1 502 "));
            assertEquals(0, site.gate().snapshot().held());
            assertFalse(log.has("502: "), log.all());
        }
    }

    @Test
    void closeStreamsDoesNotEndAnExemptEventStream() throws Exception {
        siteWith("exemptPaths", "/events", "closeStreams", "0s");
        try (Wire exempt = site.client();
                Wire other = site.client()) {
            exempt.send("GET /events HTTP/1.1\r\nHost: site\r\n\r\n");
            try (ScriptedUpstream.Arrived exemptThere = upstream.acceptRequest()) {
                exemptThere.connection().send(STREAM);
                exempt.readHead();
                other.send("GET /others HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n");
                try (ScriptedUpstream.Arrived otherThere = upstream.acceptRequest()) {
                    otherThere.connection().send(STREAM);
                    other.readHead();

                    site.hold();

                    other.readToEnd();
                    exemptThere.connection().send("9\r\ndata: 2\n\n\r\n");
                    String received = "";
                    while (!received.contains("data: 2")) {
                        received += exempt.read(1);
                    }
                }
            }
        }
    }

    @Test
    void withHoldMethodsWritesWaitAndReadsGoOn() throws Exception {
        siteWith("holdMethods", "POST,PUT,PATCH,DELETE");
        try (Wire reader = site.client();
                Wire writer = site.client()) {
            reader.send("GET /slow HTTP/1.1\r\nHost: site\r\n\r\n");
            try (ScriptedUpstream.Arrived slowRead = upstream.acceptRequest()) {
                site.hold();
                Until.true_(() -> Files.exists(site.drainedMarker()));
                writer.send("POST /a HTTP/1.1\r\nHost: site\r\nContent-Length: 2\r\n\r\nhi");
                site.awaitHeld(1);
                slowRead.connection().send(CLOSING);
                assertTrue(reader.readResponse().endsWith("ok"));
            }
            reader.send("GET /b HTTP/1.1\r\nHost: site\r\n\r\n");
            try (ScriptedUpstream.Arrived read = upstream.acceptRequest()) {
                assertTrue(read.head().startsWith("GET /b "), read.head());
                read.connection().send(CLOSING);
                assertTrue(reader.readResponse().endsWith("ok"));
            }
            site.release();
            try (ScriptedUpstream.Arrived write = upstream.acceptRequest()) {
                assertTrue(write.head().startsWith("POST /a "), write.head());
                assertEquals("hi", write.connection().read(2));
                write.connection().send(OK);
                assertTrue(writer.readResponse().endsWith("ok"));
            }
        }
    }

    @Test
    void withHoldMethodsAWriteInFlightDelaysTheDrain() throws Exception {
        siteWith("holdMethods", "POST");
        try (Wire writer = site.client()) {
            writer.send("POST /a HTTP/1.1\r\nHost: site\r\nContent-Length: 0\r\n\r\n");
            try (ScriptedUpstream.Arrived write = upstream.acceptRequest()) {
                site.hold();
                assertEquals(1, site.gate().snapshot().inFlight());
                assertFalse(site.gate().isDrained());
                write.connection().send(OK);
                assertTrue(writer.readResponse().endsWith("ok"));
                Until.true_(() -> Files.exists(site.drainedMarker()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "post / HTTP/1.1\r\nHost: site\r\n",
                "GET / HTTP/1.1\r\nHost: site\r\nX-HTTP-Method-Override: DELETE\r\n",
                "GET / HTTP/1.1\r\nHost: site\r\nx_http_method: DELETE\r\n",
                "GET / HTTP/1.1\r\nHost: site\r\nX-Method-Override: PUT\r\n",
                "GET / HTTP/1.1\r\nHost: site\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
            })
    void withHoldMethodsWhatMayBeAWriteIsHeld(String head) throws Exception {
        siteWith("holdMethods", "POST,PUT,DELETE");
        site.hold();
        try (Wire client = site.client()) {
            client.send(head + "\r\n");
            site.awaitHeld(1);
            assertFalse(upstream.hasPending(20));
        }
    }

    @Test
    void withHoldMethodsAReadThatFindsNoUpstreamIsHeldToo() throws Exception {
        siteWith("holdMethods", "POST");
        int port = upstream.port();
        upstream.close();
        try (Wire first = site.client();
                Wire second = site.client()) {
            first.send("GET /1 HTTP/1.1\r\nHost: site\r\n\r\n");
            site.awaitHeld(1);
            second.send("GET /2 HTTP/1.1\r\nHost: site\r\n\r\n");
            site.awaitHeld(2);

            upstream = new ScriptedUpstream(port);

            try (ScriptedUpstream.Arrived one = upstream.acceptRequest()) {
                assertTrue(one.head().startsWith("GET /1 "), one.head());
                one.connection().send(CLOSING);
                assertTrue(first.readResponse().endsWith("ok"));
            }
            try (ScriptedUpstream.Arrived two = upstream.acceptRequest()) {
                assertTrue(two.head().startsWith("GET /2 "), two.head());
                two.connection().send(CLOSING);
                assertTrue(second.readResponse().endsWith("ok"));
            }
        }
    }

    @Test
    void withHoldMethodsAReadDuringTheUpgradeOfASiteThatIsDownWaitsForTheOperator() throws Exception {
        siteWith("holdMethods", "POST");
        int port = upstream.port();
        upstream.close();
        site.hold();
        try (Wire client = site.client()) {
            client.send("GET /1 HTTP/1.1\r\nHost: site\r\n\r\n");
            site.awaitHeld(1);
            upstream = new ScriptedUpstream(port);

            site.release();

            try (ScriptedUpstream.Arrived one = upstream.acceptRequest()) {
                one.connection().send(OK);
                assertTrue(client.readResponse().endsWith("ok"));
            }
        }
    }

    @Test
    void withHoldMethodsRefuseIsForReadsToo() throws Exception {
        siteWith("holdMethods", "POST");
        site.balance("refuse Back at noon.");
        Until.true_(() -> site.gate().isShut());
        try (Wire client = site.client()) {
            client.send("GET /1 HTTP/1.1\r\nHost: site\r\n\r\n");
            assertTrue(client.readResponse().contains("Back at noon."));
        }
    }

    @Test
    void theHealthPathIsTheSitesWhileOpenAndOursWhileClosed() throws Exception {
        siteWith("healthPath", "/up");
        try (Wire client = site.client()) {
            client.send("GET /up HTTP/1.1\r\nHost: site\r\n\r\n");
            try (ScriptedUpstream.Arrived there = upstream.acceptRequest()) {
                there.connection().send("HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n");
            }
            assertTrue(client.readResponse().startsWith("HTTP/1.1 503 "));
        }
        site.hold();
        try (Wire client = site.client()) {
            for (String line : new String[] {"GET /up", "HEAD /up", "GET /up?from=lb"}) {
                client.send(line + " HTTP/1.1\r\nHost: site\r\n\r\n");
                String head = client.readHead();
                assertTrue(head.startsWith("HTTP/1.1 200 "), head);
                assertTrue(head.contains("\r\nCache-Control: no-store\r\n"), head);
                assertTrue(head.contains("\r\nContent-Length: 0\r\n"), head);
            }
        }
        assertFalse(upstream.hasPending(20));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /up HTTP/1.1\r\nHost: site\r\nContent-Length: 0\r\n\r\n",
                "GET /up HTTP/1.1\r\nHost: site\r\nContent-Length: 2\r\n\r\nhi",
                "GET /up/ HTTP/1.1\r\nHost: site\r\n\r\n",
                "GET /%75p HTTP/1.1\r\nHost: site\r\n\r\n",
                "GET /x/../up HTTP/1.1\r\nHost: site\r\n\r\n"
            })
    void nothingElseIsAHealthCheck(String request) throws Exception {
        siteWith("healthPath", "/up");
        site.hold();
        try (Wire client = site.client()) {
            client.send(request);
            site.awaitHeld(1);
        }
    }

    @Test
    void aHealthCheckThatFindsNoUpstreamIsAnsweredByUsInsteadOfBeingHeld() throws Exception {
        siteWith("healthPath", "/up");
        upstream.close();
        try (Wire client = site.client()) {
            client.send("GET /up HTTP/1.1\r\nHost: site\r\n\r\n");
            assertTrue(client.readHead().startsWith("HTTP/1.1 200 "));
            Until.true_(() -> site.gate().snapshot().inFlight() == 0);
            assertTrue(site.gate().isShut());
        }
    }

    @Test
    void aStoppingHoldfastIsNotHealthyAndLetsNobodyIn() throws Exception {
        siteWith(
                "healthPath", "/up", "exemptPaths", "/static/*", "holdMethods", "POST", "bypassAddresses", "127.0.0.1");
        site.site().refuseAll();
        for (String path : new String[] {"/up", "/static/a", "/"}) {
            try (Wire client = site.client()) {
                client.send("GET " + path + " HTTP/1.1\r\nHost: site\r\n\r\n");
                assertTrue(client.readHead().startsWith("HTTP/1.1 503 "), path);
            }
        }
    }
}
