package dev.holdfast.it;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The site that stands behind Holdfast, as a process that can be killed and started again on the same port, which is its own while
 * it is down, too.
 */
final class SiteProcess implements AutoCloseable {
    private static final Pattern SERVES = Pattern.compile("site serves");

    private final Path directory;
    private final ReservedPort port;
    private int starts;
    private ChildProcess process;

    private SiteProcess(Path directory, ReservedPort port) {
        this.directory = directory;
        this.port = port;
    }

    /** Starts a site on a free port; its files go to {@code directory}. */
    static SiteProcess start(Path directory) throws IOException {
        SiteProcess site = down(directory);
        site.start();
        return site;
    }

    /** A site with a port that refuses connections until {@link #start()}. */
    static SiteProcess down(Path directory) throws IOException {
        return new SiteProcess(directory, new ReservedPort());
    }

    /** Starts it (again) and waits until it serves. */
    void start() throws IOException {
        Path output = directory.resolve("site-" + ++starts + ".out");
        List<String> command = List.of(
                ChildProcess.java(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dsun.net.httpserver.nodelay=true",
                "-Dsun.net.httpserver.maxIdleConnections=10000",
                "-Dsun.net.httpserver.idleInterval=600",
                "-cp",
                testClasses(),
                NumberedSite.class.getName(),
                Integer.toString(port()),
                requestLog().toString());
        process = ChildProcess.start(directory, output, Map.of(), command);
        process.awaitOutput(SERVES);
    }

    /** SIGKILL: its connections are gone, its port refuses. */
    void kill() {
        process.kill();
    }

    int port() {
        return port.number();
    }

    ChildProcess process() {
        return process;
    }

    /** The requests that have reached the site in all its lives, {@code POST 17} each, in order. */
    List<String> requests() throws IOException {
        return Files.exists(requestLog()) ? Files.readAllLines(requestLog()) : List.of();
    }

    @Override
    public void close() throws IOException {
        if (process != null) {
            process.close();
        }
        port.close();
    }

    private static String testClasses() {
        return Path.of(URI.create(NumberedSite.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString();
    }

    private Path requestLog() {
        return directory.resolve("requests.log");
    }
}
