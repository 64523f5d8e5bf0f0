package dev.holdfast.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.cli.RunnersEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.tomcat.util.net.NioEndpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests begin in the thread of the container's poller there, and end in the engine's: neither may ever wait for a client. */
class RunnersEndpointTest {
    /** What a test's Tomcat has as {@code java -jar} has it. */
    static TestSite.Change with(Supplier<NioEndpoint> endpoint, TestSite.Change also) {
        return new TestSite.Change() {
            @Override
            public void apply(Connector connector, Context context) {
                also.apply(connector, context);
            }

            @Override
            public NioEndpoint endpoint() {
                return endpoint.get();
            }
        };
    }

    private static TestSite before(SmallSite upstream, String... buffers) throws Exception {
        TestSite.Change small = (connector, context) -> {
            connector.setProperty("maxKeepAliveRequests", "-1");
            for (String each : buffers) {
                connector.setProperty(each, "2048");
            }
        };
        return TestSite.before(0, with(RunnersEndpoint::create, small), "upstream", upstream.address());
    }

    /**
     * They ask again and again, one request at a time, so that each may begin in the poller's thread, and read nothing: in the
     * end there is no room for an answer, or for the end of one.
     */
    @Test
    @Timeout(60)
    void clientsThatReadNothingDelayNobody() throws Exception {
        Random random = new Random(7);
        SmallSite.Page chunked = (request, out, end) -> {
            String body = "x".repeat(1 + random.nextInt(3000));
            out.write(("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length())
                            + "\r\n" + body + "\r\n0\r\n\r\n")
                    .getBytes(ISO_8859_1));
        };
        List<Socket> idle = new ArrayList<>();
        try (SmallSite upstream = new SmallSite(Door.tcp(), chunked);
                TestSite proxy = before(upstream, "socket.txBufSize")) {
            for (int i = 0; i < 20; i++) {
                Socket socket = new Socket();
                idle.add(socket);
                socket.setReceiveBufferSize(2048);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
                askUntilNothingComes(socket, "/" + i, upstream);

                try (Wire other = proxy.client()) {
                    long begin = System.nanoTime();
                    other.send("GET /other HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n");
                    assertTrue(other.readToEnd().endsWith("\r\n0\r\n\r\n"));
                    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
                    assertTrue(millis < 5_000, millis + " ms, where the container would wait for 20 s");
                }
            }
        } finally {
            for (Socket each : idle) {
                each.close();
            }
        }
    }

    private static void askUntilNothingComes(Socket client, String target, SmallSite upstream) throws IOException {
        byte[] request = ("GET " + target + " HTTP/1.1\r\nHost: site\r\n\r\n").getBytes(ISO_8859_1);
        for (int asked = 1; ; asked++) {
            try {
                client.getOutputStream().write(request);
            } catch (IOException cut) {
                return;
            }
            long begin = System.nanoTime();
            while (upstream.arrivals(target) < asked) {
                if (System.nanoTime() - begin > TimeUnit.MILLISECONDS.toNanos(300)) {
                    return; // it is not read any more
                }
                Thread.onSpinWait();
            }
        }
    }

    /** Whoever runs which part, and however much of the next has come by then, each gets its own answer, in the order of the requests. */
    @Test
    @Timeout(60)
    void requestsInPiecesAndInOneAnotherAreAnsweredInTheirOrder() throws Exception {
        Random random = new Random(11);
        SmallSite.Page echo = (request, out, end) ->
                out.write(SmallSite.response(request.target() + new String(request.body(), ISO_8859_1)));
        try (SmallSite upstream = new SmallSite(Door.tcp(), echo);
                TestSite proxy = before(upstream);
                Wire client = proxy.client()) {
            for (int round = 0; round < 200; round++) {
                StringBuilder requests = new StringBuilder();
                List<String> answers = new ArrayList<>();
                for (int i = 0; i < 1 + random.nextInt(4); i++) {
                    String target = "/" + round + "-" + i;
                    boolean post = random.nextInt(3) == 0;
                    String body = post ? "y".repeat(random.nextInt(3000)) : "";
                    String length = post ? "Content-Length: " + body.length() + "\r\n" : "";
                    requests.append(post ? "POST " : "GET ")
                            .append(target + " HTTP/1.1\r\nHost: site\r\n" + length + "\r\n" + body);
                    answers.add(target + body);
                }
                for (int from = 0; from < requests.length(); ) {
                    int to = Math.min(requests.length(), from + 1 + random.nextInt(random.nextBoolean() ? 20 : 4000));
                    client.send(requests.substring(from, to));
                    from = to;
                }
                for (String answer : answers) {
                    String response = client.readResponse();
                    assertEquals(answer, response.substring(response.indexOf("\r\n\r\n") + 4));
                }
            }
        }
    }

    /** Tomcat waits for the beginning of HTTP/2, and for a body before an upgrade to it. */
    @Test
    @Timeout(60)
    void thatWhichTomcatWaitsForDelaysNobody() throws Exception {
        List<Wire> waiting = new ArrayList<>();
        try (SmallSite upstream = new SmallSite(Door.tcp(), SmallSite.OK);
                TestSite proxy = before(upstream)) {
            for (String first : List.of("", "GET /.holdfast/live HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
                for (String rest : List.of(
                        "PRI * HTTP/2.0\r\n\r\n",
                        "POST / HTTP/1.1\r\nHost: site\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                                + "HTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Length: 10\r\n\r\n1",
                        "GET / HTTP/1.1\r\nHost: site\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                                + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")) {
                    Wire client = proxy.client();
                    waiting.add(client);
                    client.send(first).send(rest);
                    try (Wire other = proxy.client()) {
                        other.socket().setSoTimeout(5_000); // the container waits for 20 s
                        for (int i = 0; i < 20; i++) {
                            other.send("GET / HTTP/1.1\r\nHost: site\r\n\r\n");
                            assertTrue(other.readResponse().endsWith("ok"));
                        }
                    }
                }
            }
        } finally {
            for (Wire each : waiting) {
                each.close();
            }
        }
    }
}
