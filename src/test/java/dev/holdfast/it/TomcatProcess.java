package dev.holdfast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A real Tomcat with Holdfast as its root application, set up the way the files of {@code tomcat-conf} say, on a free
 * port. The distribution is shared; the base directory is the test's own.
 */
final class TomcatProcess implements AutoCloseable {
    private static final Path CONF = Path.of("tomcat-conf").toAbsolutePath();
    /** All but the start. */
    private static final Pattern COMMANDS =
            Pattern.compile("## In your Tomcat.*?```\n(.*?)[^\n]*startup\\.sh\n```", Pattern.DOTALL);

    private static final Pattern SERVES = Pattern.compile(
            "Starting ProtocolHandler \\[\"http-nio-(?:[^\"]*-)?auto-\\d+-(\\d+)\"][\\s\\S]*Server startup in");

    private final Path home;
    private final Path base;
    private ChildProcess process;
    private int port;

    private TomcatProcess(Path home, Path base) {
        this.home = home;
        this.base = base;
    }

    /** Sets up a Tomcat of {@code version} (10 or 11) in {@code base}, not started, with the balance file present. */
    static TomcatProcess create(int version, Path base) throws IOException {
        Path home = Path.of(System.getProperty("tomcat" + version + ".home"));
        Path conf = Files.createDirectories(base.resolve("conf"));
        for (String directory : List.of("logs", "temp", "webapps", "work")) {
            Files.createDirectories(base.resolve(directory));
        }
        try (var files = Files.list(home.resolve("conf"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, conf.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        TomcatProcess tomcat = new TomcatProcess(home, base);
        tomcat.installHoldfast();
        return tomcat;
    }

    /** As the README says; with an application in place already, as every Tomcat has one. */
    private void installHoldfast() throws IOException {
        Path welcome = Files.createDirectories(base.resolve("webapps/ROOT")).resolve("index.html");
        Files.writeString(welcome, "Tomcat's own page, which stayed when this directory did");
        Matcher commands = COMMANDS.matcher(Files.readString(Path.of("README.md")));
        assertTrue(commands.find(), "the README says how to put Holdfast into a Tomcat");
        ProcessBuilder shell = new ProcessBuilder("sh", "-euc", commands.group(1)).inheritIO();
        shell.environment().put("CATALINA_BASE", base.toString());
        try {
            assertEquals(0, shell.start().waitFor(), commands.group(1));
        } catch (InterruptedException e) {
            throw new InterruptedIOException(e.toString());
        }
        Files.writeString(
                base.resolve("conf/logging.properties"),
                "\n" + Files.readString(CONF.resolve("logging.properties")),
                StandardOpenOption.APPEND);
        useServerXml(CONF.resolve("server.xml"));
    }

    /** Takes the server.xml that came with Tomcat instead of ours. */
    TomcatProcess withStockServerXml() throws IOException {
        useServerXml(home.resolve("conf/server.xml"));
        return this;
    }

    /** Sets a setting of Holdfast as an operator does: a Parameter in the context file. */
    TomcatProcess with(String setting, String value) throws IOException {
        String parameter = "<Parameter name=\"%s\" value=\"%s\" override=\"false\"/>".formatted(setting, value);
        edit(contextFile(), "</Context>", "  " + parameter + "\n</Context>");
        return this;
    }

    TomcatProcess withUpstream(int upstreamPort) throws IOException {
        return with("upstream", "http://127.0.0.1:" + upstreamPort);
    }

    /** Two sites by path, main and shop, instead of the one of the WAR. */
    TomcatProcess withSeveralSites() throws IOException {
        Files.copy(CONF.resolve("several-sites.xml"), base.resolve("conf/several-sites.xml"));
        edit(contextFile(), "<Context ", "<Context altDDName=\"\\${catalina.base}/conf/several-sites.xml\" ");
        balance("main").release();
        balance("shop").release();
        return this;
    }

    /** Takes what asks for a password out of its comment, and adds a user; the password is the name. */
    TomcatProcess withUser(String name, String role) throws IOException {
        String valve = "<Valve className=\"org.apache.catalina.authenticator.BasicAuthenticator\"/>";
        if (Files.readString(contextFile()).contains("<!-- " + valve + " -->")) {
            edit(contextFile(), "<!-- " + valve + " -->", valve);
        }
        String user = "<user username=\"%s\" password=\"%s\" roles=\"%s\"/>".formatted(name, name, role);
        edit(base.resolve("conf/tomcat-users.xml"), "</tomcat-users>", user + "</tomcat-users>");
        return this;
    }

    /** Lets Tomcat look each second, not each ten seconds, for applications that changed. */
    TomcatProcess deployingWithinASecond() throws IOException {
        edit(base.resolve("conf/server.xml"), "<Engine ", "<Engine backgroundProcessorDelay=\"1\" ");
        return this;
    }

    /** Starts all of the connector's 200 threads at once, which it else does when very many requests come at a time. */
    TomcatProcess withAllThreadsFromTheStart() throws IOException {
        edit(base.resolve("conf/server.xml"), "<Connector ", "<Connector minSpareThreads=\"200\" ");
        return this;
    }

    /** Lets these trailers of requests in: names, with commas between. */
    TomcatProcess withTrailers(String names) throws IOException {
        edit(base.resolve("conf/server.xml"), "<Connector ", "<Connector allowedTrailerHeaders=\"" + names + "\" ");
        return this;
    }

    /** Starts it with {@code catalina.sh run} and waits until it serves. */
    TomcatProcess start(String... jvmOptions) throws IOException {
        Map<String, String> environment = Map.of(
                "CATALINA_HOME", home.toString(),
                "CATALINA_BASE", base.toString(),
                "JAVA_HOME", System.getProperty("java.home"),
                "CATALINA_OPTS", String.join(" ", jvmOptions));
        List<String> command = List.of("sh", home.resolve("bin/catalina.sh").toString(), "run");
        process = ChildProcess.start(base, base.resolve("catalina.out"), environment, command);
        port = Integer.parseInt(process.awaitOutput(SERVES).group(1));
        return this;
    }

    int port() {
        return port;
    }

    ChildProcess process() {
        return process;
    }

    ProcessFigures figures() {
        return new ProcessFigures(process);
    }

    BalanceFile balance() {
        return new BalanceFile(base.resolve("balance"));
    }

    /** With {@link #withSeveralSites}. */
    BalanceFile balance(String site) {
        return new BalanceFile(base.resolve("balance-" + site));
    }

    Path contextFile() {
        return base.resolve("conf/Catalina/localhost/ROOT.xml");
    }

    /** What was written to the log files whose names begin so, all days together; empty when there are none. */
    String log(String prefix) throws IOException {
        StringBuilder text = new StringBuilder();
        try (var files = Files.list(base.resolve("logs"))) {
            for (Path file : files.filter(f -> f.getFileName().toString().startsWith(prefix))
                    .toList()) {
                text.append(Files.readString(file));
            }
        }
        return text.toString();
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }

    private void useServerXml(Path original) throws IOException {
        Path serverXml = base.resolve("conf/server.xml");
        Files.copy(original, serverXml, StandardCopyOption.REPLACE_EXISTING);
        edit(serverXml, "<Connector port=\"8080\"", "<Connector port=\"0\" address=\"127.0.0.1\"");
        edit(serverXml, "<Server port=\"\\S+\"", "<Server port=\"-1\"");
    }

    /** Replaces the first place that matches; the place must be there. */
    static void edit(Path file, String regex, String replacement) throws IOException {
        String text = Files.readString(file);
        if (!Pattern.compile(regex).matcher(text).find()) {
            throw new IllegalArgumentException("no " + regex + " in " + file);
        }
        Files.writeString(file, text.replaceFirst(regex, replacement));
    }
}
