package dev.holdfast.proxy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.junit.jupiter.api.Test;

/**
 * A client resets the stream of an upload, and in the same moment the upstream closes its connection. The container was told of the 502
 * while it was about to say that the stream is reset; Tomcat then closed the client's connection, and whatever other requests
 * were under way on it were lost: about once in 5,000 such moments.
 */
class ResetStreamTest {
    private final AtomicBoolean reset = new AtomicBoolean();

    @Test
    void isLeftToTheContainerThatKnowsOfIt() throws Exception {
        try (ServerSocket site = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
                ExchangeWithoutContainer exchange =
                        new ExchangeWithoutContainer(site.getLocalPort(), "HTTP/2.0", this::answer)) {
            exchange.begin(upload());
            try (var connection = site.accept()) {
                assertEquals('P', connection.getInputStream().read());
                reset.set(true);
            }

            await().until(() -> exchange.told().contains("clientLeft"));
            await().until(() -> exchange.told().contains("upstreamDone"));
            assertEquals(
                    List.of(), exchange.told().stream().filter("failed"::equals).toList());
        }
    }

    @Test
    void isAnsweredWhereNobodyHasResetIt() throws Exception {
        try (ServerSocket site = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
                ExchangeWithoutContainer exchange =
                        new ExchangeWithoutContainer(site.getLocalPort(), "HTTP/2.0", this::answer)) {
            exchange.begin(upload());
            try (var connection = site.accept()) {
                assertEquals('P', connection.getInputStream().read());
            }

            await().until(() -> exchange.told().contains("failed"));
        }
    }

    private static HttpRequest upload() {
        BasicHttpRequest head = new BasicHttpRequest("POST", "/");
        head.addHeader("Host", "site");
        head.addHeader("Content-Length", "5");
        return head;
    }

    private Object answer(String asked) {
        return switch (asked) {
            case "mayBegin" -> true;
            case "isReset" -> reset.get();
            default -> null;
        };
    }
}
