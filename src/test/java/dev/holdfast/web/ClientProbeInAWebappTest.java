package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.webresources.DirResourceSet;
import org.apache.catalina.webresources.StandardRoot;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In a container our classes come from the WAR's own class loader, and Tomcat's from one above it. */
@Timeout(60)
class ClientProbeInAWebappTest {
    /** Holds {@code /held}; {@code /probe} probes it; {@code /release} lets it go, and it says whose class this is. */
    public static final class Servlet extends HttpServlet {
        private static final long serialVersionUID = 1;
        private transient volatile ClientProbe probe;
        private transient volatile AsyncContext held;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (request.getRequestURI().equals("/probe")) {
                response.getOutputStream()
                        .print(probe == null ? "none" : probe.probe().toString());
            } else if (request.getRequestURI().equals("/release")) {
                held.dispatch();
            } else if (request.getDispatcherType() == DispatcherType.REQUEST) {
                held = request.startAsync();
                held.setTimeout(0);
                probe = ClientProbe.of(request);
            } else {
                response.getOutputStream()
                        .print(ClientProbe.class.getClassLoader().getClass().getSimpleName());
            }
        }
    }

    @Test
    void worksFromTheClassLoaderOfTheWar() throws Exception {
        try (TestTomcat tomcat = new TestTomcat()
                        .context(ClientProbeInAWebappTest::deploy)
                        .start();
                RawClient held = new RawClient(tomcat.port());
                RawClient leaver = new RawClient(tomcat.port());
                RawClient asker = new RawClient(tomcat.port())) {
            held.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
            awaitProbe(asker, "ALIVE");
            ask(asker, "/release");
            assertEquals("ParallelWebappClassLoader", held.read().body());

            leaver.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
            awaitProbe(asker, "ALIVE");
            leaver.reset();
            awaitProbe(asker, "GONE");
        }
    }

    private static void deploy(Context context) {
        StandardRoot classes = new StandardRoot(context);
        for (Class<?> type : new Class<?>[] {ClientProbe.class, Servlet.class}) {
            String path =
                    type.getProtectionDomain().getCodeSource().getLocation().getPath();
            classes.addPreResources(new DirResourceSet(
                    classes, "/WEB-INF/classes", Path.of(path).toString(), "/"));
        }
        context.setResources(classes);
        Wrapper wrapper = context.createWrapper();
        wrapper.setName("servlet");
        wrapper.setServletClass(Servlet.class.getName());
        wrapper.setAsyncSupported(true);
        context.addChild(wrapper);
        wrapper.addMapping("/");
    }

    private static void awaitProbe(RawClient asker, String state) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> ask(asker, "/probe").equals(state));
    }

    private static String ask(RawClient asker, String target) throws IOException {
        return asker.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n")
                .read()
                .body();
    }
}
