package dev.holdfast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.holdfast.it.ReservedPort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DemoStoryTest {
    private final List<String> told = new ArrayList<>();
    private ReservedPort port;
    private SampleSite site;
    private DemoStory story;

    @BeforeEach
    void startSite() throws Exception {
        port = new ReservedPort();
        site = new SampleSite(port.number());
        site.start();
        story = new DemoStory(Path.of("balance"), site, told::add);
    }

    @AfterEach
    void stopSite() throws Exception {
        site.close();
        port.close();
    }

    private void look(boolean present, boolean drained, int held, long millis) throws StartException {
        story.look(present, drained, held, TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private String answer() throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.number()))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    @Test
    void tellsAnUpgradeOnce() throws Exception {
        look(true, false, 0, 0);
        assertEquals(List.of(), told);
        assertEquals("Hello from version 1 of the sample site\n", answer());

        look(false, false, 0, 1_000);
        look(false, false, 0, 1_100);
        look(false, true, 1, 1_200);
        assertThrows(IOException.class, this::answer);
        look(false, true, 3, 1_300);
        look(false, true, 3, 3_199);
        look(false, true, 2, 3_200);
        assertEquals("Hello from version 2 of the sample site\n", answer());
        look(true, false, 0, 9_500);
        look(true, false, 0, 9_600);

        assertEquals(
                List.of(
                        "balance is gone: new requests wait, those in flight finish",
                        "drained: nobody talks to the site any more, so version 1 is stopped",
                        "1 waiting",
                        "3 waiting",
                        "version 2 of the site is up; touch balance lets those who wait go through",
                        "balance is back after 8.5 s: 2 released"),
                told);
    }

    @Test
    void fileThatComesBackTooEarlyDoesNotStopTheUpgrade() throws Exception {
        look(false, true, 1, 0);
        look(true, false, 1, 1_000);
        assertThrows(IOException.class, this::answer);
        look(true, false, 1, 2_000);

        assertEquals("Hello from version 2 of the sample site\n", answer());
        assertEquals("balance is back after 2.0 s: 1 released", told.get(told.size() - 1));
    }

    @Test
    void fileThatComesBackBeforeTheDrainLeavesTheSiteAlone() throws Exception {
        look(false, false, 0, 0);
        look(true, false, 0, 500);
        look(true, true, 0, 600);

        assertEquals("Hello from version 1 of the sample site\n", answer());
        assertEquals("balance is back after 0.5 s: 0 released", told.get(1));
        assertEquals(2, told.size());
    }
}
