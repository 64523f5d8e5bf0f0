package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody but us writes lines into the log, at whatever level: neither a client, nor an upstream, nor the message of a refusal. */
class LogForgeryTest {
    private static final Logger OURS = Logger.getLogger("dev.holdfast");
    private static final String FORGED = "\u009b2J\u001b[2J2026-01-31 INFO forged";

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler tap = new Handler() {
        @Override
        public void publish(LogRecord record) {
            lines.add(new SimpleFormatter().formatMessage(record));
            for (Throwable e = record.getThrown(); e != null; e = e.getCause()) {
                lines.add(String.valueOf(e));
            }
        }

        @Override
        public void flush() {
            // Nothing is kept back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };
    private ScriptedUpstream upstream;
    private TestSite site;

    @BeforeEach
    void start() throws Exception {
        tap.setLevel(Level.ALL);
        OURS.addHandler(tap);
        OURS.setLevel(Level.ALL);
        OURS.setUseParentHandlers(false);
        upstream = new ScriptedUpstream();
        site = TestSite.before(upstream.port());
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        upstream.close();
        OURS.removeHandler(tap);
        OURS.setLevel(null);
        OURS.setUseParentHandlers(true);
    }

    private void assertTold(String part) {
        Until.true_(() -> lines.stream().anyMatch(line -> line.contains(part)));
        assertEquals(
                List.of(),
                lines.stream().filter(line -> !line.matches("[ -~]*")).toList(),
                "all in one line each, of printable characters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nX\r\r\n" + FORGED + "\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\rb" + FORGED + "\r\nContent-Length: 1\r\nContent-Length: 2" + FORGED
                        + "\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: " + FORGED + "\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + FORGED + "\r\n\r\n",
                "HTTP/1.1 2\u00e4\r" + FORGED + " X\r\n\r\n",
                FORGED + "\r\n\r\n",
                "HTTP/" + FORGED + " 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + FORGED + "\r\n\r\n"
            })
    void upstreamCannot(String answer) throws Exception {
        try (Wire client = site.client()) {
            client.send("GET /a HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n");
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().send(answer);
                client.readToEnd();
            }
        }
        assertTold("http://127.0.0.1:" + upstream.port());
        assertEquals(
                1,
                lines.stream()
                        .filter(line -> line.matches("holdfast: (502: )?http://.*"))
                        .count(),
                lines::toString);
    }

    @Test
    void upstreamIsQuotedEscaped() throws Exception {
        try (Wire client = site.client()) {
            client.send("GET /a HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n");
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().send("HTTP/1.1 2\u009b0 X\r\n\r\n");
                client.readToEnd();
            }
        }
        assertTold("502");
        assertTold("\\u009b");
    }

    @Test
    void clientCannot() throws Exception {
        try (Wire client = site.client()) {
            client.send("GET /a%0d%0aforged?b=%9b HTTP/1.1\r\nHost: site\r\nX: \u00e4\u009b2J\r\n"
                    + "Connection: close\r\n\r\n");
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                arrived.connection().send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                client.readToEnd();
            }
        }
        assertTold("GET /a%0d%0aforged");
    }

    @Test
    void messageOfARefusalCannot() throws Exception {
        site.balance("refuse Back at noon.\r\n\u001b[2J\u2028\u202e2026-01-31 INFO forged");
        Until.true_(() -> site.gate().isShut());
        try (Wire client = site.client()) {
            client.send("GET /a HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n");
            client.readToEnd();
        }
        assertTold("holdfast: refusing: Back at noon. [2J 2026-01-31 INFO forged; 0 in flight");
    }
}
