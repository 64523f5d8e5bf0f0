package dev.holdfast.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Holdfast as a process, in each of the ways it can be run, in front of the site that its balance file names. */
record PeerFront(Kind kind, int port, BalanceFile balance, Runnable stop) {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    enum Kind {
        TOMCAT_10,
        TOMCAT_11,
        RUNNER
    }

    static PeerFront start(Kind kind, Path directory, int upstreamPort) throws IOException {
        if (kind == Kind.RUNNER) {
            HoldfastProcess runner = HoldfastProcess.start(Files.createDirectories(directory), upstreamPort, List.of());
            return new PeerFront(kind, runner.port(), runner.balance(), runner::close);
        }
        TomcatProcess tomcat = TomcatProcess.create(kind == Kind.TOMCAT_10 ? 10 : 11, directory)
                .withUpstream(upstreamPort)
                .withTrailers("X-Sum")
                .start();
        return new PeerFront(kind, tomcat.port(), tomcat.balance(), tomcat::close);
    }

    /** Puts it in front of {@code site}, as an operator does. */
    void standBefore(PeerSite site) throws IOException {
        balance.write("http://127.0.0.1:" + site.port());
        await(kind + " to stand before " + site.kind())
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> nameOfSite().equalsIgnoreCase(site.kind().name()));
    }

    private String nameOfSite() throws IOException, InterruptedException {
        URI name = URI.create("http://127.0.0.1:" + port + "/name");
        return CLIENT.send(HttpRequest.newBuilder(name).build(), BodyHandlers.ofString())
                .body();
    }
}
