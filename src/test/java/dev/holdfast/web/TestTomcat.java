package dev.holdfast.web;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.apache.tomcat.util.http.fileupload.FileUtils;

/** An embedded Tomcat on a free port of the loopback address, with one context at the root. */
final class TestTomcat implements AutoCloseable {
    private static final Logger NOISE = Logger.getLogger("org.apache");

    private final Path home = Files.createTempDirectory("tomcat");
    private final Tomcat tomcat = new Tomcat();
    private final Connector connector;
    final StandardContext context;

    TestTomcat() throws IOException {
        this("HTTP/1.1");
    }

    TestTomcat(String protocol) throws IOException {
        NOISE.setLevel(Level.WARNING);
        tomcat.setBaseDir(home.toString());
        connector = new Connector(protocol);
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxKeepAliveRequests", "-1");
        tomcat.setConnector(connector);
        context = (StandardContext) tomcat.addContext("", home.toString());
        context.setClearReferencesThreadLocals(false);
        context.setClearReferencesRmiTargets(false);
    }

    TestTomcat connector(Consumer<Connector> change) {
        change.accept(connector);
        return this;
    }

    TestTomcat context(Consumer<Context> change) {
        change.accept(context);
        return this;
    }

    TestTomcat servlet(HttpServlet servlet) {
        Wrapper wrapper = Tomcat.addServlet(context, "servlet", servlet);
        wrapper.setAsyncSupported(true);
        wrapper.addMapping("/");
        return this;
    }

    TestTomcat filter(Filter filter) {
        FilterDef definition = new FilterDef();
        definition.setFilterName("filter");
        definition.setFilter(filter);
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        FilterMap map = new FilterMap();
        map.setFilterName("filter");
        map.addURLPattern("/*");
        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC).forEach(type -> map.setDispatcher(type.name()));
        context.addFilterMap(map);
        return this;
    }

    /** Something to do when the context has been stopped; before the start, or as late as then. */
    void whenDestroyed(Task task) {
        context.addApplicationLifecycleListener(new ServletContextListener() {
            @Override
            public void contextDestroyed(ServletContextEvent event) {
                try {
                    task.run();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        });
    }

    /** May fail. */
    interface Task {
        void run() throws Exception;
    }

    TestTomcat start() throws LifecycleException {
        tomcat.start();
        return this;
    }

    int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() throws IOException, LifecycleException {
        tomcat.stop();
        tomcat.destroy();
        System.clearProperty("catalina.home"); // or the next Tomcat makes this directory again
        FileUtils.deleteDirectory(home.toFile());
    }
}
