package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class StoppedSiteTest {
    /**
     * Once the threads of the gate and of the upstream were told to end, and not waited for: on a busy machine Tomcat warned of a
     * memory leak at each undeployment.
     */
    @Test
    void leavesNoThreadBehind() throws Exception {
        Set<Thread> before = ours();
        for (int i = 0; i < 20; i++) {
            try (AnsweringUpstream upstream = new AnsweringUpstream(target -> AnsweringUpstream.OK)) {
                TestSite site = TestSite.before(upstream.port());
                try (Wire client = site.client()) {
                    site.hold();
                    client.send("GET / HTTP/1.1\r\nHost: site\r\n\r\n");
                    site.awaitHeld(1);
                    site.release();
                    assertTrue(client.readResponse().endsWith("ok"));
                    assertTrue(ours().size() > before.size());
                } finally {
                    site.close();
                }

                Set<Thread> left = ours();
                left.removeAll(before);
                assertEquals(Set.of(), left);
            }
        }
    }

    private static Set<Thread> ours() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("holdfast-"))
                .collect(Collectors.toSet());
    }
}
