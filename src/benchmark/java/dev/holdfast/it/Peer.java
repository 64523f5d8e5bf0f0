package dev.holdfast.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is compared: Holdfast in its three homes, and proxies of others. All stream, keep connections, and write no access log of their own accord. */
enum Peer {
    /** {@code java -jar holdfast.war}. */
    RUNNER(false) {
        @Override
        Front start(Path directory, int site) throws IOException {
            HoldfastProcess holdfast = HoldfastProcess.start(directory, site, JavaPeers.JVM);
            return new Front(this, holdfast.process(), holdfast.port(), holdfast.port());
        }
    },
    /** The WAR in a Tomcat with the server.xml that came with it. */
    TOMCAT(false) {
        @Override
        Front start(Path directory, int site) throws IOException {
            TomcatProcess tomcat = tomcat(directory, site).withStockServerXml().start(JavaPeers.jvm());
            return new Front(this, tomcat.process(), tomcat.port(), 0);
        }
    },
    /** The same with the server.xml of {@code tomcat-conf}. */
    TOMCAT_CONF(false) {
        @Override
        Front start(Path directory, int site) throws IOException {
            TomcatProcess tomcat = tomcat(directory, site).start(JavaPeers.jvm());
            return new Front(this, tomcat.process(), tomcat.port(), tomcat.port());
        }
    },
    UNDERTOW(false) {
        @Override
        Front start(Path directory, int site) throws IOException {
            return JavaPeers.start(this, UndertowPeer.class, directory, site);
        }
    },
    /** Its AsyncProxyServlet. */
    JETTY(false) {
        @Override
        Front start(Path directory, int site) throws IOException {
            return JavaPeers.start(this, JettyPeer.class, directory, site);
        }
    },
    /** The ProxyServlet of the MITRE corporation, in Tomcat. */
    MITRE(false) {
        @Override
        Front start(Path directory, int site) throws IOException {
            return JavaPeers.start(this, MitrePeer.class, directory, site);
        }
    },
    NGINX(true) {
        @Override
        Front start(Path directory, int site) throws IOException {
            return program("nginx-proxy.conf", directory, site, "-c");
        }
    },
    HAPROXY(true) {
        @Override
        Front start(Path directory, int site) throws IOException {
            return program("haproxy.cfg", directory, site, "-f");
        }
    };

    private final boolean isProgram;

    Peer(boolean isProgram) {
        this.isProgram = isProgram;
    }

    /**
     * Starts it and waits until it serves.
     *
     * @param directory of its own, empty
     * @param site port at 127.0.0.1
     */
    abstract Front start(Path directory, int site) throws IOException;

    boolean isThere() {
        return !isProgram || Programs.canBeRun(toString());
    }

    private static TomcatProcess tomcat(Path directory, int site) throws IOException {
        return TomcatProcess.create(11, directory).withUpstream(site);
    }

    Front program(String configuration, Path directory, int site, String option) throws IOException {
        int port = Programs.freePort();
        int http2Port = Programs.freePort();
        Path file = Template.named(configuration)
                .with("directory", directory)
                .with("user", System.getProperty("user.name"))
                .with("site", site)
                .with("port", port)
                .with("http2Port", http2Port)
                .writeTo(directory.resolve(configuration));
        Path output = directory.resolve("out");
        ChildProcess process = ChildProcess.start(
                directory, output, Map.of(), List.of(Programs.path(toString()), option, file.toString()));
        Programs.awaitListening(process, http2Port);
        return new Front(this, process, port, http2Port);
    }

    /** As in options and in the report. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Path directoryOf(Object who, Path parent) throws IOException {
        return Files.createTempDirectory(Files.createDirectories(parent), who + "-");
    }
}
