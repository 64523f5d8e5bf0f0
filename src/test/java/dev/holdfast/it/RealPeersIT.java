package dev.holdfast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** curl asks sites of Express, Fastify and Jetty, directly and through Holdfast: the answers are the same. */
@ExtendWith(RealPeers.Extension.class)
@TestInstance(Lifecycle.PER_CLASS)
class RealPeersIT {
    private final RealPeers peers;
    private final CurlComparison comparison;

    RealPeersIT(RealPeers peers) {
        this.peers = peers;
        this.comparison = new CurlComparison(peers);
    }

    static Stream<Arguments> eachBeforeEach() {
        return Stream.of(PeerFront.Kind.values())
                .flatMap(front -> Stream.of(PeerSite.Kind.values()).map(site -> Arguments.of(front, site)));
    }

    @ParameterizedTest(name = "{0} before {1}")
    @MethodSource("eachBeforeEach")
    void changesNothing(PeerFront.Kind front, PeerSite.Kind site) throws Exception {
        peers.front(front).standBefore(peers.site(site));

        assertEquals(
                "",
                comparison.differences(CurlCalls.to(site), peers.front(front).port(), false));
    }

    @ParameterizedTest(name = "{0} before Express")
    @EnumSource
    void changesNothingOfWhatWasHeld(PeerFront.Kind frontKind) throws Exception {
        PeerSite site = peers.site(PeerSite.Kind.EXPRESS);
        PeerFront front = peers.front(frontKind);
        List<CurlCall> calls = CurlCalls.to(site.kind());
        comparison.askDirectly(calls);
        front.standBefore(site);
        front.balance().hold();
        front.balance().awaitDrained();

        List<CurlRun> held = comparison.start(calls, front.port(), false);
        assertEquals(List.of(), held.stream().filter(CurlRun::isOver).toList(), "answered while held");
        front.standBefore(site);

        assertEquals("", comparison.differences(held));
    }
}
