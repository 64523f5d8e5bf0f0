package dev.holdfast.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Constants;
import org.apache.catalina.startup.ContextConfig;
import org.apache.catalina.startup.ExpandWar;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.tomcat.util.descriptor.web.ApplicationParameter;
import org.apache.tomcat.util.modeler.Registry;

/**
 * An embedded Tomcat with one WAR in it, as an operator's Tomcat would have it: its {@code web.xml}, its own class loader.
 *
 * <p>Lives in a temporary directory, which is {@code catalina.base} and is gone after the stop. {@link #start} and
 * {@link #close} may be called by different threads; a close during the start waits for it.
 */
final class WarServer implements AutoCloseable {
    /** A {@code Runnable} of the WAR's: turns held requests away, returns when those in flight are done or too slow. */
    private static final String STOP = "dev.holdfast.stop";

    private final InetSocketAddress listen;
    private final Tomcat tomcat = new Tomcat();
    private final StandardContext context;
    private final Connector connector;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Path base; // guarded by this; null before the start

    /**
     * Not started yet.
     *
     * @param war absolute
     * @param listen port 0 for any free one
     * @param contextParams override those of the WAR
     */
    WarServer(Path war, InetSocketAddress listen, Map<String, String> contextParams) {
        this.listen = listen;
        this.context = context(war, contextParams);
        this.connector = HttpConnector.at(listen);
    }

    private static StandardContext context(Path war, Map<String, String> params) {
        StandardContext context = new StandardContext();
        context.setPath("");
        context.setDocBase(war.toString());
        context.setParentClassLoader(WarServer.class.getClassLoader());
        context.setEncodedSolidusHandling("passthrough"); // as the connector, or a request changes by being held
        context.setEncodedReverseSolidusHandling("passthrough");
        params.forEach((name, value) -> context.addApplicationParameter(parameter(name, value)));
        ContextConfig webXml = new ContextConfig();
        webXml.setDefaultWebXml(Constants.NoDefaultWebXml); // no JSP, and no files: all there is goes to the upstream
        context.addLifecycleListener(webXml);
        // All is declared in web.xml; to look for more in the libraries only takes time.
        context.getJarScanner().setJarScanFilter((type, jar) -> false);
        // To look for what a redeployment would leak takes opens of the JVM; here the JVM ends.
        context.setClearReferencesThreadLocals(false);
        context.setClearReferencesRmiTargets(false);
        return context;
    }

    private static ApplicationParameter parameter(String name, String value) {
        ApplicationParameter parameter = new ApplicationParameter();
        parameter.setName(name);
        parameter.setValue(value);
        parameter.setOverride(false); // by the one in web.xml
        return parameter;
    }

    /** Returns when it serves. */
    synchronized void start() throws StartException {
        checkPortIsFree();
        Registry.disableRegistry(); // Tomcat's own MBeans, which take a fifth of the start
        try (StartFailures failures = StartFailures.collect()) {
            base = Files.createTempDirectory("holdfast-");
            Files.createDirectory(base.resolve("webapps"));
            tomcat.setBaseDir(base.toString());
            tomcat.setConnector(connector);
            ErrorReportValve terse = new ErrorReportValve();
            terse.setShowReport(false);
            terse.setShowServerInfo(false);
            tomcat.getHost().getPipeline().addValve(terse);
            tomcat.getHost().addChild(context);
            tomcat.start();
            if (!context.getState().isAvailable()) {
                throw new StartException(failures.describe());
            }
        } catch (LifecycleException | IOException e) {
            throw new StartException(StartException.describe(e));
        }
    }

    /** Before anything is deployed: a second Holdfast, bound to fail, must not have touched the first one's files. */
    private void checkPortIsFree() throws StartException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(listen);
        } catch (IOException e) {
            throw new StartException("cannot listen at port " + listen.getPort() + " (--port) of " + host()
                    + " (--address): " + e.getMessage());
        }
    }

    /** Where it can be reached from this machine; only while it serves. */
    String url() {
        return "http://" + host() + ":" + connector.getLocalPort();
    }

    private String host() {
        InetAddress address = listen.getAddress();
        if (address.isAnyLocalAddress()) {
            return "localhost";
        }
        String literal = address.getHostAddress();
        return literal.contains(":") ? "[" + literal + "]" : literal;
    }

    /** What the WAR shares by this name, or null. Only while it serves. */
    Object attribute(String name) {
        return context.getServletContext().getAttribute(name);
    }

    void awaitStopped() throws InterruptedException {
        stopped.await();
    }

    /** Stops in order: no new connections, no held requests, none in flight, no Tomcat. A second call does nothing. */
    @Override
    public synchronized void close() {
        if (stopped.getCount() == 0) {
            return;
        }
        try {
            if (context.getState().isAvailable()) {
                // Not pause(): that would answer what still comes on open connections without our Retry-After.
                connector.getProtocolHandler().closeServerSocketGraceful();
                if (attribute(STOP) instanceof Runnable stop) {
                    stop.run();
                }
            }
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        } finally {
            if (base != null) {
                ExpandWar.delete(base.toFile());
            }
            stopped.countDown();
        }
    }
}
