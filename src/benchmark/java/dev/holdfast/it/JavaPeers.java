package dev.holdfast.it;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Peers and sites whose main classes are here: each gets the port of the site, and prints at which it serves itself. */
final class JavaPeers {
    /** The same for all. Compiler threads must not come and go: what they take is left out of the figures thread by thread. */
    static final List<String> JVM = List.of("-Xmx1g", "-XX:-UseDynamicNumberOfCompilerThreads");

    private static final Pattern SERVES = Pattern.compile("(?m)^serves (\\d+)$");

    private JavaPeers() {}

    static String[] jvm() {
        return JVM.toArray(String[]::new);
    }

    static Front start(Peer peer, Class<?> main, Path directory, int site) throws IOException {
        ChildProcess process = launch(main, directory, site);
        int port = port(process);
        return new Front(peer, process, port, port);
    }

    static ChildProcess launch(Class<?> main, Path directory, int site) throws IOException {
        List<String> command = List.of(
                ChildProcess.java(),
                JVM.get(0),
                JVM.get(1),
                "-cp",
                classPath(main),
                main.getName(),
                Integer.toString(site));
        return ChildProcess.start(directory, directory.resolve("out"), Map.of(), command);
    }

    static int port(ChildProcess process) {
        return Integer.parseInt(process.awaitOutput(SERVES).group(1));
    }

    /** Tomcat brings the Servlet API in a version of its own; Jetty's is the one we compile against. */
    private static String classPath(Class<?> main) {
        Predicate<String> other = main == MitrePeer.class
                ? jar -> jar.contains("jakarta.servlet-api")
                : jar -> jar.contains("tomcat-embed");
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(other.negate())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
