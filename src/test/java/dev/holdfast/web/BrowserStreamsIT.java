package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.it.Browser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the script of a page sees of an upgrade that it has a WebSocket or an event stream open in. */
@Timeout(120)
class BrowserStreamsIT {
    private static final String CONNECT = """
            const socket = new WebSocket('ws://127.0.0.1:' + port + '/');
            socket.binaryType = 'arraybuffer';
            socket.onopen = () => { log.push('open'); socket.send('hello'); socket.send(new Uint8Array(1 << 20)); };
            socket.onmessage = m => log.push(typeof m.data === 'string' ? m.data : m.data.byteLength + ' bytes');
            socket.onclose = c => { log.push('closed ' + c.code + (c.wasClean ? ' clean' : ' cut')); connect(); };
            """;
    private static final String LISTEN = """
            window.log = [];
            const events = new EventSource('/events');
            events.onmessage = m => log.push(m.data);
            events.onerror = () => log.push(events.readyState === EventSource.CONNECTING ? 'connecting' : 'closed');
            """;

    private Browser browser;

    @BeforeEach
    void start() {
        assumeTrue(Browser.isHere(), "chromium and chromedriver are not here");
        browser = Browser.open();
    }

    @AfterEach
    void stop() {
        if (browser != null) {
            browser.close();
        }
    }

    private void awaitLog(String... lines) {
        Until.true_(() -> {
            Object log = browser.run("return log");
            return List.of(lines).equals(log);
        });
    }

    @Test
    void aWebSocketIsToldOfTheRestartAndConnectsAnewThroughTheHold() throws Exception {
        EchoWebSocketServer upstream = new EchoWebSocketServer();
        try (SmallSite pages = new SmallSite(Door.tcp(), SmallSite.OK);
                TestSite site = TestSite.before(upstream.getPort(), "closeStreams", "0s")) {
            browser.get(pages.address())
                    .run(
                            "window.log = []; window.port = arguments[0]; window.connect = () => {" + CONNECT
                                    + "}; connect()",
                            site.port());
            awaitLog("open", "hello", "1048576 bytes");

            site.hold();

            awaitLog("open", "hello", "1048576 bytes", "closed 1012 clean");
            assertEquals(1012, upstream.closeCodes.poll(10, TimeUnit.SECONDS));
            site.awaitHeld(1);
            site.release();
            awaitLog("open", "hello", "1048576 bytes", "closed 1012 clean", "open", "hello", "1048576 bytes");
        } finally {
            upstream.close();
        }
    }

    @Test
    void anEventSourceConnectsAnewAndGoesOnWhereItWas() throws Exception {
        AtomicInteger last = new AtomicInteger();
        SmallSite.Page page = (request, out, end) -> {
            if (!request.target().equals("/events")) {
                out.write(SmallSite.response("a page"));
                return;
            }
            String from =
                    request.head().toLowerCase(java.util.Locale.ROOT).contains("\r\nlast-event-id: " + last + "\r\n")
                            ? " after " + last
                            : "";
            int id = last.incrementAndGet();
            out.write(("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 50\nid: " + id
                            + "\ndata: event " + id + from + "\n\n")
                    .getBytes(StandardCharsets.US_ASCII));
        };
        try (SmallSite upstream = new SmallSite(Door.tcp(), page);
                TestSite site = TestSite.before(0, "upstream", upstream.address(), "closeStreams", "0s")) {
            browser.get("http://127.0.0.1:" + site.port() + "/");
            browser.run(LISTEN);
            awaitLog("event 1");

            site.hold();

            awaitLog("event 1", "connecting");
            site.awaitHeld(1);
            assertTrue(site.gate().isDrained());
            site.release();
            awaitLog("event 1", "connecting", "event 2 after 1");
        }
    }
}
