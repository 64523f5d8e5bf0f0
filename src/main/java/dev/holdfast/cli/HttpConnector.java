package dev.holdfast.cli;

import java.net.InetSocketAddress;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Set;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http2.Http2Protocol;

/** Makes the connector: HTTP/1.1 and cleartext HTTP/2, for many connections that mostly wait. */
final class HttpConnector {
    /** What browsers send raw in spite of RFC 3986, above all {@code ?a[]=1}; the upstream is to judge it, not Tomcat. */
    private static final String RAW = "\"<>[\\]^`{|}";

    /**
     * Else Tomcat, with a heap over 2 GB, uses the {@code NioChannel} of a closed connection for the next one: T1 has it in its hand,
     * to write to a client over HTTP/2, T2 closes the connection, for that client has left, and T3 puts the next client's socket
     * into it. What T1 writes then goes there.
     */
    private static final String NONE_IS_USED_AGAIN = "0";

    /** Bytes. Twice Tomcat's, which takes a fifth of the CPU off an answer of 64 KB, for 8 KB more of each held request. */
    private static final String WRITE_BUFFER = "16384";

    /**
     * Bytes of an answer that gather before Tomcat puts them into the write buffer, and as many characters, which nobody writes here. Tomcat
     * sets both aside for each request, four times as much: 18 KB of each that is held. It makes those anew that have grown to more
     * than 16 times this.
     */
    private static final int ANSWER_BUFFER = 2048;

    /** Bytes. Half of Tomcat's, which sets it aside for each connection. */
    private static final int MOST_OF_TRAILERS = 4096;

    private HttpConnector() {}

    static Connector at(InetSocketAddress listen) {
        Http11NioProtocol http = new Protocol();
        Connector connector = new Connector(http);
        connector.setPort(listen.getPort());
        if (!listen.getAddress().isAnyLocalAddress()) {
            http.setAddress(listen.getAddress());
        }
        // Else closeServerSocketGraceful() leaves it open.
        connector.setProperty("bindOnInit", "false");

        // Each held HTTP/1.1 request is a connection; so is each idle client.
        http.setMaxConnections(20_000);
        http.setAcceptCount(1_000);
        http.setMaxKeepAliveRequests(-1);
        http.setConnectionTimeout(20_000);
        connector.setProperty("socket.soKeepAlive", "true"); // notices a held client that vanished without a word
        connector.setProperty("socket.bufferPool", NONE_IS_USED_AGAIN);
        connector.setProperty("socket.appWriteBufSize", WRITE_BUFFER);
        http.setMaxTrailerSize(MOST_OF_TRAILERS);
        // Nothing waits in these threads; a fixed number makes holding cost the same for one request and for thousands.
        int threads = Math.max(16, 2 * Runtime.getRuntime().availableProcessors());
        http.setMaxThreads(threads);
        http.setMinSpareThreads(threads);

        // Forward what came.
        connector.setEncodedSolidusHandling("passthrough");
        connector.setEncodedReverseSolidusHandling("passthrough");
        http.setRelaxedPathChars(RAW);
        http.setRelaxedQueryChars(RAW);
        http.setUseKeepAliveResponseHeader(false);
        connector.setXpoweredBy(false);
        connector.addUpgradeProtocol(http2());
        return connector;
    }

    /**
     * T1 (ours) completes a request, T2 (Tomcat's) is told in that moment that its client left, and fails because of T1: Tomcat
     * then keeps the request for the next stream of whatever client as it is, who is answered 500. So none is kept.
     *
     * <p>And none waits until Tomcat, which runs 20 of a connection at a time, has room for it: T1 sees that 20 are running, they all end,
     * and find nobody that waits, and T1 puts its request into the queue ({@code Http2UpgradeHandler.processStreamOnContainerThread}).
     * There it stays until something else happens on that connection, which may be never. Here none keeps its thread for long.
     */
    private static Http2Protocol http2() {
        Http2Protocol http2 = new Http2Protocol();
        http2.setDiscardRequestsAndResponses(true);
        http2.setMaxConcurrentStreamExecution((int) http2.getMaxConcurrentStreams());
        return http2;
    }

    private static final class Protocol extends Http11NioProtocol {
        /** Tomcat drops the trailers of a request but for those that it is given by name; which are harmful, the proxy knows. */
        @Override
        public boolean isTrailerHeaderAllowed(String name) {
            return true;
        }

        @Override
        protected Set<String> getAllowedTrailerHeadersInternal() {
            return new Everything();
        }

        @Override
        public int getDesiredBufferSize() {
            return ANSWER_BUFFER;
        }
    }

    private static final class Everything extends AbstractSet<String> {
        @Override
        public boolean contains(Object any) {
            return true;
        }

        @Override
        public Iterator<String> iterator() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int size() {
            return Integer.MAX_VALUE;
        }
    }
}
