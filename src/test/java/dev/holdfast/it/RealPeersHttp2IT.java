package dev.holdfast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Over HTTP/2, without TLS, curl and Node see what the site itself says over HTTP/1.1. */
@ExtendWith(RealPeers.Extension.class)
@TestInstance(Lifecycle.PER_CLASS)
class RealPeersHttp2IT {
    private final RealPeers peers;
    private final CurlComparison comparison;

    RealPeersHttp2IT(RealPeers peers) {
        this.peers = peers;
        this.comparison = new CurlComparison(peers);
    }

    @ParameterizedTest
    @EnumSource
    void changesNothingForCurl(PeerFront.Kind front) throws Exception {
        peers.front(front).standBefore(peers.site(PeerSite.Kind.EXPRESS));

        List<CurlCall> calls = CurlCalls.to(PeerSite.Kind.EXPRESS).stream()
                .filter(RealPeersHttp2IT::isForHttp2)
                .toList();
        assertEquals("", comparison.differences(calls, peers.front(front).port(), true));
    }

    /** curl before version 8 cannot follow a redirect over the same HTTP/2 connection. */
    private static boolean isForHttp2(CurlCall call) {
        return !call.isHttp10() && !call.options().contains("-L");
    }

    /** A hundred streams at a time on one connection. */
    @ParameterizedTest
    @EnumSource
    void changesNothingForNode(PeerFront.Kind kind) throws Exception {
        PeerSite site = peers.site(PeerSite.Kind.EXPRESS);
        PeerFront front = peers.front(kind);
        front.standBefore(site);

        NodeClient node = new NodeClient(peers.programs());
        assertEquals(node.seen(site.port(), "http2-over-1"), node.seen(front.port(), "http2"));
    }
}
