package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The event stream of the page: what comes, for how many, at which cost, and how it ends. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AdminEventsTest {
    private static final int VIEWERS = 5;
    private static final int EVENTS = 3;

    private final List<Wire> viewers = new ArrayList<>();
    private SmallSite upstream;
    private TestSite site;

    @BeforeEach
    void start() throws Exception {
        upstream = new SmallSite(Door.tcp(), SmallSite.OK);
        site = TestSite.before(0, "upstream", upstream.address());
    }

    @AfterEach
    void stop() throws Exception {
        for (Wire viewer : viewers) {
            viewer.close();
        }
        site.close();
        upstream.close();
    }

    @Test
    void eventsComeEachSecond() throws Exception {
        Wire looking = look();
        for (int i = 0; i < EVENTS; i++) {
            String event = event(looking);
            assertTrue(event.startsWith("data: [{\"site\":\"holdfast\""), event);
            assertTrue(event.endsWith("}]\n\n"), event);
        }
        assertEquals(0, site.site().gate().snapshot().inFlight());
    }

    @Test
    void whatIsTrueIsPutTogetherOnceASecondForAllWhoLook() throws Exception {
        AtomicInteger made = new AtomicInteger();
        long started = System.nanoTime();
        TreeSet<String> later = new TreeSet<>();
        AdminEvents events = new AdminEvents(() -> made.incrementAndGet() + "\n");
        try (TestTomcat tomcat = tomcat(events)) {
            for (int i = 0; i < VIEWERS; i++) {
                look(new Wire(tomcat.port()));
            }
            for (Wire viewer : viewers) {
                event(viewer); // its own, so that the page does not go back
            }
            for (int i = 0; i < EVENTS; i++) {
                for (Wire viewer : viewers) {
                    later.add(event(viewer));
                }
            }
            events.close();
        }
        long seconds = (System.nanoTime() - started) / 1_000_000_000 + 1;

        assertTrue(later.size() <= seconds, later + " in " + seconds + " s");
        assertTrue(made.get() <= VIEWERS + seconds, made + " in " + seconds + " s");
    }

    private static TestTomcat tomcat(AdminEvents events) throws Exception {
        return new TestTomcat()
                .servlet(new HttpServlet() {
                    private static final long serialVersionUID = 1;

                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                        events.tell(request, response);
                    }
                })
                .start();
    }

    @Test
    void soManyMayLookAndNoMore() throws Exception {
        for (int i = 0; i < 16; i++) {
            event(look());
        }
        for (int i = 0; i < EVENTS; i++) { // also at the moments in which the others are told
            try (Wire tooMany = site.client()) {
                String answer = tooMany.send("GET /.holdfast/events HTTP/1.1\r\nHost: site\r\n\r\n")
                        .readHead();
                assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
                assertTrue(answer.contains("\r\nRetry-After: 5\r\n"), answer);
            }
            event(viewers.get(0));
        }
        viewers.remove(0).close();
        Until.true_(() -> {
            try (Wire another = site.client()) {
                return another.send("GET /.holdfast/events HTTP/1.1\r\nHost: site\r\n\r\n")
                        .readHead()
                        .startsWith("HTTP/1.1 200 ");
            }
        });
    }

    @Test
    void whenTheContainerStopsTheStreamEndsProperlyAndNothingIsSaid() throws Exception {
        Wire looking = look();
        event(looking);
        List<String> complaints = new ArrayList<>();
        Handler log = new Complaints(complaints);
        Logger container = Logger.getLogger("org.apache.catalina");
        container.addHandler(log);
        try {
            site.stopContainer();
            assertTrue(looking.readToEnd().endsWith("0\r\n\r\n"));
        } finally {
            container.removeHandler(log);
        }
        assertEquals(List.of(), complaints);
    }

    /** With a stack trace. */
    private static final class Complaints extends Handler {
        private final List<String> complaints;

        Complaints(List<String> complaints) {
            this.complaints = complaints;
            setLevel(Level.WARNING);
        }

        @Override
        public synchronized void publish(LogRecord record) {
            if (isLoggable(record) && record.getThrown() != null) {
                complaints.add(record.getMessage() + " " + record.getThrown());
            }
        }

        @Override
        public void flush() {
            // Nothing is kept back.
        }

        @Override
        public void close() {
            // Nothing to close.
        }
    }

    private Wire look() throws Exception {
        return look(site.client());
    }

    private Wire look(Wire viewer) throws Exception {
        viewers.add(viewer);
        viewer.send("GET /.holdfast/events HTTP/1.1\r\nHost: site\r\n\r\n");
        String head = viewer.readHead();
        assertTrue(head.contains("Content-Type: text/event-stream"), head);
        return viewer;
    }

    /** The next one. */
    private static String event(Wire viewer) throws Exception {
        StringBuilder length = new StringBuilder();
        while (length.indexOf("\r\n") < 0) {
            length.append(viewer.read(1));
        }
        String event = viewer.read(Integer.parseInt(length.toString().strip(), 16));
        viewer.read(2);
        return event;
    }
}
