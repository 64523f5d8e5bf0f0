package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ProgressTest {
    @Test
    void saysHowItGoesWhileThereIsSomethingToWaitFor() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.before(upstream.port());
                Wire client = site.client()) {
            assertEquals("", words(site));
            site.hold();
            client.send("GET /a HTTP/1.1\r\nHost: site\r\n\r\n");
            site.awaitHeld(1);
            Until.true_(site.site().gate()::isDrained); // which may be told a moment later

            String words = words(site);

            assertTrue(
                    words.matches("holdfast: drained for \\d+\\.\\d s; 1 held, oldest \\d+\\.\\d s; 0 in flight"),
                    words);
        }
    }

    private static String words(TestSite site) {
        var context = (org.apache.catalina.Context) site.tomcat().getHost().findChildren()[0];
        return String.valueOf(
                ((Supplier<?>) context.getServletContext().getAttribute(HoldfastLifecycle.PROGRESS)).get());
    }
}
