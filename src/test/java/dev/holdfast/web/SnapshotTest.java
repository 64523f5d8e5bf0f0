package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.gate.Reason;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What everybody who looks makes the gate do, against those who only want to get through. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SnapshotTest {

    /**
     * A snapshot is taken under the gate's monitor. Here somebody else has that monitor, for as long as it takes: requests go
     * through the filter, to the site and back without it, and only who looks waits.
     */
    @Test
    void requestsPassTheOpenGateWithoutWhatASnapshotNeeds() throws Exception {
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        try (SmallSite upstream = new SmallSite(Door.tcp(), SmallSite.OK);
                TestSite site = TestSite.before(0, "upstream", upstream.address());
                Wire client = site.client();
                Wire looking = site.client()) {
            Thread taking = new Thread(() -> site.gate().close(Reason.UPSTREAM, "", () -> await(taken, mayEnd)));
            taking.start();
            try {
                taken.await();
                looking.send("GET /.holdfast/status HTTP/1.1\r\nHost: site\r\n\r\n");
                for (int i = 0; i < 50; i++) {
                    client.send("POST /" + i + " HTTP/1.1\r\nHost: site\r\nContent-Length: 2\r\n\r\nhi");
                    assertTrue(client.readResponse().endsWith("ok"));
                }
            } finally {
                mayEnd.countDown();
            }
            assertTrue(looking.readResponse().contains("\"passed\":50,"));
            taking.join();
        }
    }

    /** Asked within the gate's monitor. */
    private static boolean await(CountDownLatch taken, CountDownLatch mayEnd) {
        taken.countDown();
        try {
            mayEnd.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
