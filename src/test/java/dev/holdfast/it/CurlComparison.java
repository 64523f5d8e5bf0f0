package dev.holdfast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares what curl gets of a site with what it gets of the same site through Holdfast. Confined to one thread. */
final class CurlComparison {
    private static final int AT_A_TIME = 6;

    private final RealPeers peers;
    private final Map<CurlCall, CurlAnswer> direct = new HashMap<>();

    CurlComparison(RealPeers peers) {
        this.peers = peers;
    }

    /** Asks the sites themselves, those calls that have not been asked yet. */
    void askDirectly(List<CurlCall> calls) throws Exception {
        for (CurlCall call : calls) {
            if (!direct.containsKey(call)) {
                int port = peers.site(call.site()).port();
                CurlAnswer answer = start(List.of(call), port, false).get(0).await();
                if (call.status() != 0) {
                    assertEquals(call.status(), answer.status(), call.site() + " itself: " + call);
                }
                direct.put(call, answer);
            }
        }
    }

    /** Asks through the front what has been asked directly, and says what differs; empty when nothing does. */
    String differences(List<CurlCall> calls, int port, boolean http2) throws Exception {
        askDirectly(calls);
        StringBuilder differences = new StringBuilder();
        for (int i = 0; i < calls.size(); i += AT_A_TIME) {
            List<CurlCall> some = calls.subList(i, Math.min(i + AT_A_TIME, calls.size()));
            differences.append(differences(start(some, port, http2)));
        }
        return differences.toString();
    }

    /** Waits for the answers and says how they differ from the direct ones. */
    String differences(List<CurlRun> runs) throws Exception {
        StringBuilder differences = new StringBuilder();
        for (CurlRun run : runs) {
            List<String> lines = direct.get(run.call()).differences(run.await());
            if (!lines.isEmpty()) {
                differences.append("\n").append(run.call()).append("\n    ").append(String.join("\n    ", lines));
            }
        }
        return differences.toString();
    }

    List<CurlRun> start(List<CurlCall> calls, int port, boolean http2) throws Exception {
        List<CurlRun> runs = new ArrayList<>();
        for (CurlCall call : calls) {
            runs.add(CurlRun.start(call, port, http2, peers.programs().resolve("files")));
        }
        return runs;
    }
}
