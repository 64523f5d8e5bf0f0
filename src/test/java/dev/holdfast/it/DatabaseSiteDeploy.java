package dev.holdfast.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.h2.tools.Server;

/**
 * A directory as an operator has it: the deploy script of the README beside the balance file, {@code bin/upgrade-the-site}, which
 * starts the next version of {@link DatabaseSite}, and the site's database.
 */
final class DatabaseSiteDeploy implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern SCRIPT = Pattern.compile("```sh\\n(#!/bin/sh\\n.*?)```", Pattern.DOTALL);
    private static final String SITE = "http://localhost:2000/";

    private final Path directory;
    private final ReservedPort port = new ReservedPort();
    private final Server databaseServer;
    private final String database;
    private int runs;

    DatabaseSiteDeploy(Path directory) throws IOException, SQLException {
        this.directory = directory;
        databaseServer = Server.createTcpServer("-tcpPort", "0", "-ifNotExists", "-baseDir", directory.toString())
                .start();
        database = "jdbc:h2:tcp://localhost:" + databaseServer.getPort() + "/./site";
        Files.createSymbolicLink(directory.resolve("holdfast.war"), HoldfastProcess.war());
        Files.createDirectory(directory.resolve("bin"));
        executable("bin/upgrade-the-site", upgradeScript());
    }

    /** The first version; returns when it serves. */
    void startSite() throws IOException, InterruptedException {
        Files.writeString(directory.resolve("version"), "0\n");
        try (ChildProcess first = run("bin/upgrade-the-site")) {
            assertTrue(first.awaitExit(LIMIT) == 0, first::output);
        }
    }

    int port() {
        return port.number();
    }

    /** The script of the README, with nothing changed but where the site is, and perhaps without a line. */
    void writeScript(String without) throws IOException {
        Matcher script = SCRIPT.matcher(Files.readString(Path.of("README.md")));
        assertTrue(script.find(), "the README has a deploy script");
        String text = script.group(1);
        assertTrue(text.contains(SITE) && text.contains(without), text);
        executable(
                "deploy", text.replace(SITE, "http://127.0.0.1:" + port() + "/").replace(without, ""));
    }

    /** Runs the script to its end, and returns its exit code and what it printed. */
    Map.Entry<Integer, String> deploy() throws IOException, InterruptedException {
        try (ChildProcess script = run("deploy")) {
            return Map.entry(script.awaitExit(LIMIT), script.output());
        }
    }

    int version() throws IOException {
        return Integer.parseInt(Files.readString(directory.resolve("version")).strip());
    }

    /** Requests that came to another schema than that of the version that they came to. */
    List<String> violations() throws IOException {
        Path violations = directory.resolve("violations");
        return Files.exists(violations) ? Files.readAllLines(violations) : List.of();
    }

    /** How often each POST was done. */
    Map<String, Long> rows() throws SQLException {
        Map<String, Long> rows = new TreeMap<>();
        try (Connection connection = DriverManager.getConnection(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select NUMBER, count(*) from NOTE group by NUMBER")) {
            while (row.next()) {
                rows.put("POST " + row.getLong(1), row.getLong(2));
            }
        }
        return rows;
    }

    @Override
    public void close() throws IOException {
        Path pid = directory.resolve("site.pid");
        if (Files.exists(pid)) {
            ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(site -> {
                site.destroyForcibly();
                site.onExit().join();
            });
        }
        Files.deleteIfExists(directory.resolve("holdfast.war")); // or JUnit warns of a link that leads elsewhere
        databaseServer.stop();
        port.close();
    }

    private String upgradeScript() {
        return """
                #!/bin/sh
                set -eu
                next=$(($(cat version) + 1))
                before=$(cat site.pid 2> /dev/null || echo 0)
                java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dsun.net.httpserver.nodelay=true \\
                  -cp '%s' %s %d '%s' "$next" violations "$before" > "site-$next.out" 2>&1 &
                pid=$!
                until grep -q serves "site-$next.out"; do
                  kill -0 $pid
                  sleep .05
                done
                echo $pid > site.pid
                echo $next > version
                """.formatted(System.getProperty("java.class.path"), DatabaseSite.class.getName(), port(), database);
    }

    private ChildProcess run(String script) throws IOException {
        String path = Path.of(ChildProcess.java()).getParent() + ":" + System.getenv("PATH");
        return ChildProcess.start(
                directory,
                directory.resolve("run-" + ++runs + ".out"),
                Map.of("PATH", path),
                List.of(directory.resolve(script).toString()));
    }

    private void executable(String name, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
