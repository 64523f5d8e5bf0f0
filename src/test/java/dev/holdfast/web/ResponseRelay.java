package dev.holdfast.web;

import java.io.IOException;
import org.apache.catalina.LifecycleException;

/** Holdfast between a raw client and a scripted upstream: what is said on the one side, and what arrives on the other. */
final class ResponseRelay implements AutoCloseable {
    /** At the end of a response: the upstream closes its connection. */
    static final String FIN = "<FIN>";

    static final String GET = "GET / HTTP/1.1\r\nHost: site\r\n\r\n";
    static final String HEAD = "HEAD / HTTP/1.1\r\nHost: site\r\n\r\n";

    final ScriptedUpstream upstream = new ScriptedUpstream();
    final TestSite site;

    /** @param settings names and values in turn */
    ResponseRelay(String... settings) throws Exception {
        site = TestSite.before(upstream.port(), settings);
    }

    /** All that comes to the client, to the end of its connection, which it ends itself if Holdfast does not. */
    String answer(String request, String response) throws IOException {
        try (Wire client = site.client()) {
            client.send(request);
            try (ScriptedUpstream.Arrived arrived = upstream.acceptRequest()) {
                say(arrived.connection(), response);
                String head = client.readHead();
                client.shutdownOutput();
                return head + client.readToEnd();
            }
        }
    }

    static void say(Wire upstreamConnection, String response) throws IOException {
        boolean ends = response.endsWith(FIN);
        upstreamConnection.send(ends ? response.substring(0, response.length() - FIN.length()) : response);
        if (ends) {
            upstreamConnection.shutdownOutput();
        }
    }

    @Override
    public void close() throws IOException, LifecycleException {
        site.close();
        upstream.close();
    }
}
