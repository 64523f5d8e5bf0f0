package dev.holdfast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Node's own clients see the same with and without Holdfast between them and a site. */
@ExtendWith(RealPeers.Extension.class)
@TestInstance(Lifecycle.PER_CLASS)
class RealPeersNodeIT {
    private final RealPeers peers;
    private final NodeClient node;

    RealPeersNodeIT(RealPeers peers) {
        this.peers = peers;
        this.node = new NodeClient(peers.programs());
    }

    @ParameterizedTest
    @EnumSource
    void changesNothingForFetch(PeerFront.Kind front) throws Exception {
        assertSame(front, PeerSite.Kind.EXPRESS, "fetch");
        assertSame(front, PeerSite.Kind.FASTIFY, "fetch");
    }

    /** All requests on one kept connection. */
    @ParameterizedTest
    @EnumSource
    void changesNothingForAnAgent(PeerFront.Kind front) throws Exception {
        assertSame(front, PeerSite.Kind.EXPRESS, "http");
        assertSame(front, PeerSite.Kind.FASTIFY, "http");
    }

    private void assertSame(PeerFront.Kind frontKind, PeerSite.Kind siteKind, String client) throws Exception {
        PeerSite site = peers.site(siteKind);
        PeerFront front = peers.front(frontKind);
        front.standBefore(site);

        assertEquals(node.seen(site.port(), client), node.seen(front.port(), client), "before " + siteKind);
    }
}
