package dev.holdfast.it;

import java.nio.file.Path;
import org.eclipse.jetty.http.pathmap.PathSpec;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.server.handler.ResourceHandler;
import org.eclipse.jetty.util.resource.ResourceFactory;

/**
 * A site of Jetty, inside the test: its parser, its files, its errors. Answers what the sites in {@code src/test/peers} answer,
 * in its own way.
 */
final class JettySite implements AutoCloseable {
    private final Server server = new Server();
    private final ServerConnector connector;

    /** @param files the directory of what is served below {@code /files/} */
    JettySite(Path files) throws Exception {
        HttpConfiguration http = new HttpConfiguration();
        http.addCustomizer(new ForwardedRequestCustomizer());
        connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Sequence(files(files), new JettyPages()));
        server.start();
    }

    int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Handler files(Path directory) {
        ResourceHandler resources = new ResourceHandler();
        resources.setBaseResource(ResourceFactory.root().newResource(directory));
        resources.setEtags(true);
        resources.setCacheControl("max-age=3600");
        PathMappingsHandler below = new PathMappingsHandler();
        below.addMapping(PathSpec.from("/files/*"), new ContextHandler(resources, "/files"));
        return below;
    }
}
