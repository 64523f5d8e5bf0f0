package dev.holdfast.proxy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process is paused while it makes a head of a request for the upstream, and wakes up in the middle of an upgrade. It asked before it made
 * the head, and then wrote it: one with a body some milliseconds later on a busy machine, since HttpCore keeps it until the
 * next event. So a paused node of a fleet let a request into a half-upgraded site, in 9 of 250 upgrades.
 */
class LastQuestionTest {
    private final AtomicBoolean lapsed = new AtomicBoolean();

    /** What is known of the fleet's switch is too old as soon as somebody makes a head of it. */
    private final class Head extends BasicHttpRequest {
        private static final long serialVersionUID = 1;

        Head(String method) {
            super(method, "/");
            addHeader("Host", "site");
            if (method.equals("PUT")) {
                addHeader("Content-Length", "5");
            }
        }

        @Override
        public Iterator<Header> headerIterator() {
            lapsed.set(true);
            return super.headerIterator();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT"})
    void isAskedWhenTheHeadIsMade(String method) throws Exception {
        try (ServerSocket site = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
                ExchangeWithoutContainer exchange = new ExchangeWithoutContainer(
                        site.getLocalPort(), "HTTP/1.1", asked -> asked.equals("mayBegin") ? !lapsed.get() : null)) {
            CompletableFuture<Integer> arrived = CompletableFuture.supplyAsync(() -> firstByte(site));

            exchange.begin(new Head(method));

            assertEquals(-1, arrived.get(30, TimeUnit.SECONDS), "the request has reached the site");
            await().until(() -> exchange.told().contains("heldBack"));
            assertTrue(lapsed.get());
        }
    }

    /** Returns -1 where the connection ends without one. */
    private static int firstByte(ServerSocket site) {
        try (Socket connection = site.accept()) {
            return connection.getInputStream().read();
        } catch (SocketException reset) {
            return -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
