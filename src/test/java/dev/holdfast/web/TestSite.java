package dev.holdfast.web;

import jakarta.servlet.Filter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.apache.tomcat.util.net.NioEndpoint;

/** Holdfast's filter and servlet in an embedded Tomcat, in front of one upstream. */
final class TestSite implements AutoCloseable {

    private final Tomcat tomcat = new Tomcat();
    private final Http2Protocol http2 = new Http2Protocol();
    private final Path directory;
    private final Path balance;
    private final Site site;

    /** What a test changes in the container before the start. A filter that is added stands before Holdfast's. */
    interface Change {
        void apply(Connector connector, Context context);

        default NioEndpoint endpoint() {
            return new NioEndpoint();
        }
    }

    private TestSite(int upstreamPort, Change change, String... settings) throws Exception {
        directory = Files.createTempDirectory("holdfast-test");
        balance = Files.createFile(directory.resolve("balance"));
        tomcat.setBaseDir(directory.resolve("tomcat").toString());
        tomcat.setConnector(new Connector(new Http11NioProtocol(change.endpoint())));
        tomcat.getConnector().setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.getConnector().setEncodedSolidusHandling("passthrough");
        tomcat.getConnector().setProperty("socket.bufferPool", "0"); // as in our server.xml
        http2.setDiscardRequestsAndResponses(true); // the same
        tomcat.getConnector().addUpgradeProtocol(http2);
        Context context = tomcat.addContext("", directory.toString());
        context.setEncodedSolidusHandling("passthrough");
        ((StandardContext) context).setClearReferencesRmiTargets(false); // both look into the JDK, which warns
        ((StandardContext) context).setClearReferencesThreadLocals(false);
        Map<String, String> parameters = new HashMap<>();
        parameters.put("upstream", "http://127.0.0.1:" + upstreamPort);
        parameters.put("balanceFile", balance.toString());
        for (int i = 0; i < settings.length; i += 2) {
            parameters.put(settings[i], settings[i + 1]);
        }
        parameters.forEach(context::addParameter);
        context.addApplicationListener(HoldfastLifecycle.class.getName());
        change.apply(tomcat.getConnector(), context);
        addFilter(context);
        Wrapper servlet = Tomcat.addServlet(context, "holdfast", ProxyServlet.class.getName());
        servlet.setAsyncSupported(true);
        servlet.addMapping("/*");
        tomcat.start();
        site = Sites.of(context.getServletContext()).site("holdfast");
    }

    private static void addFilter(Context context) {
        FilterDef filter = new FilterDef();
        filter.setFilterName("holdfast");
        filter.setFilterClass(HoldingFilter.class.getName());
        addFilter(context, filter, "REQUEST", "ASYNC");
    }

    /** To be called by a {@link Change}: one that stands before Holdfast's. */
    static void addFilter(Context context, Filter filter) {
        FilterDef definition = new FilterDef();
        definition.setFilterName("before");
        definition.setFilter(filter);
        addFilter(context, definition, "REQUEST");
    }

    private static void addFilter(Context context, FilterDef filter, String... dispatchers) {
        filter.setAsyncSupported("true");
        context.addFilterDef(filter);
        FilterMap everything = new FilterMap();
        everything.setFilterName(filter.getFilterName());
        everything.addURLPattern("/*");
        for (String dispatcher : dispatchers) {
            everything.setDispatcher(dispatcher);
        }
        context.addFilterMap(everything);
    }

    /** @param settings names and values in turn, perhaps another upstream */
    static TestSite before(int upstreamPort, String... settings) throws Exception {
        return new TestSite(upstreamPort, (connector, context) -> {}, settings);
    }

    /** @param settings names and values in turn */
    static TestSite before(int upstreamPort, Change change, String... settings) throws Exception {
        return new TestSite(upstreamPort, change, settings);
    }

    /** @param first a filter that requests pass before they come to Holdfast */
    static TestSite behind(Filter first, int upstreamPort, String... settings) throws Exception {
        return new TestSite(upstreamPort, (connector, context) -> addFirst(first, context), settings);
    }

    private static void addFirst(Filter first, Context context) {
        FilterDef before = new FilterDef();
        before.setFilterName("first");
        before.setFilter(first);
        before.setAsyncSupported("true");
        context.addFilterDef(before);
        FilterMap everything = new FilterMap();
        everything.setFilterName("first");
        everything.addURLPattern("/*");
        context.addFilterMap(everything);
    }

    int port() {
        return tomcat.getConnector().getLocalPort();
    }

    dev.holdfast.gate.Gate gate() {
        return site.gate();
    }

    /** How the container speaks HTTP/2; may be changed for what comes. */
    Http2Protocol http2() {
        return http2;
    }

    Tomcat tomcat() {
        return tomcat;
    }

    Site site() {
        return site;
    }

    Wire client() throws IOException {
        return new Wire(port());
    }

    Path balanceFile() {
        return balance;
    }

    /** Writes it at once: one that is empty yet would forward. */
    void balance(String content) throws IOException {
        Path draft = Files.writeString(directory.resolve("draft"), content);
        Files.move(draft, balance, StandardCopyOption.ATOMIC_MOVE);
    }

    Path drainedMarker() {
        return directory.resolve("balance.drained");
    }

    /** Returns when the gate has seen it. */
    void hold() throws IOException {
        Files.delete(balance);
        Until.true_(() -> site.gate().isShut());
    }

    void release() throws IOException {
        Files.createFile(balance);
    }

    void awaitHeld(int count) {
        Until.true_(() -> site.gate().snapshot().held() == count);
    }

    void stopContainer() throws LifecycleException {
        tomcat.stop();
    }

    @Override
    public void close() throws IOException, LifecycleException {
        tomcat.stop();
        tomcat.destroy();
        try (var files = Files.walk(directory)) {
            for (Path path : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
