package dev.holdfast;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What each room of the house (each package) may know of the others and of libraries. */
class RoomsTest {
    private static final Path HOUSE = Path.of("src/main/java/dev/holdfast");

    private static final List<String> FILES = List.of("java.nio.file.", "java.io.File");
    private static final List<String> SERVLET = List.of("jakarta.servlet.");
    private static final List<String> HTTP_CLIENT = List.of("org.apache.hc.");
    private static final List<String> TOMCAT =
            List.of("org.apache.catalina.", "org.apache.coyote.", "org.apache.tomcat.");
    private static final List<String> PICOCLI = List.of("picocli.");
    private static final List<String> SAMPLE_SITE = List.of("com.sun.net.httpserver.");
    private static final List<String> GSON = List.of("com.google.gson.");
    private static final List<String> PROMETHEUS = List.of("io.prometheus.");
    private static final List<String> ZOOKEEPER = List.of("org.apache.zookeeper.", "org.apache.curator.");

    /** Beginnings of names. Everything of the JDK but files is free. */
    private static final Map<String, List<String>> MAY_KNOW = Map.ofEntries(
            entry("config", all(FILES, GSON)),
            entry("thread", rooms()),
            entry("gate", rooms("config")),
            entry("balance", all(rooms("gate", "config", "thread"), FILES)),
            entry("proxy", all(rooms("gate", "config", "thread"), SERVLET, HTTP_CLIENT)),
            entry("status", all(rooms("gate", "balance", "proxy", "cluster", "config"), PROMETHEUS)),
            entry("cluster", all(rooms("gate", "balance", "config", "thread"), ZOOKEEPER)),
            entry(
                    "web",
                    all(rooms("gate", "balance", "proxy", "status", "cluster", "config", "thread"), FILES, SERVLET)),
            entry("cli", all(rooms("balance", "cluster", "config"), FILES, TOMCAT, PICOCLI, SAMPLE_SITE)));

    private static final Pattern COMMENT_OR_LITERAL = Pattern.compile(
            "/\\*.*?\\*/|//[^\\n]*|\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])+'", Pattern.DOTALL);

    /** All that is imported, and what is named in full without an import. */
    private static final Pattern NAME = Pattern.compile("(?<=\\bimport |\\bimport static )(?!static )[\\w.]+"
            + "|(?<![\\w.])(?:dev\\.holdfast|jakarta|org\\.apache|picocli|java\\.nio\\.file|java\\.io)\\.[\\w.]+");

    @Test
    void noRoomKnowsMoreThanItMay() throws IOException {
        try (Stream<Path> files = Files.walk(HOUSE)) {
            List<String> tooMuch = files.filter(file -> file.toString().endsWith(".java"))
                    .flatMap(file ->
                            knownTooMuch(HOUSE.relativize(file).getName(0).toString(), read(file)))
                    .toList();

            assertEquals(List.of(), tooMuch);
        }
    }

    @Test
    void seesImportsAndNamesInFull() {
        String source = """
                package dev.holdfast.gate;
                import dev.holdfast.web.HoldingFilter;
                import static dev.holdfast.proxy.Exchange.begin;
                import com.example.Library;
                class A { jakarta.servlet.Filter filter = java.nio.file.Files::exists; }
                """;

        assertEquals(
                List.of(
                        "gate: dev.holdfast.web.HoldingFilter",
                        "gate: dev.holdfast.proxy.Exchange.begin",
                        "gate: com.example.Library",
                        "gate: jakarta.servlet.Filter",
                        "gate: java.nio.file.Files"),
                knownTooMuch("gate", source).toList());
    }

    @Test
    void doesNotMindTheJdkItselfNorWhatIsOnlyTalkedAbout() {
        String source = """
                package dev.holdfast.gate;
                import dev.holdfast.config.HoldSettings;
                import java.io.IOException;
                import javax.management.MBeanServer;
                /** Not like {@link jakarta.servlet.Filter}. */
                class A { dev.holdfast.gate.Gate gate = new Gate("org.apache.catalina.X \\" org.apache.hc.Y"); } // picocli.Z
                """;

        assertEquals(List.of(), knownTooMuch("gate", source).toList());
    }

    @Test
    void roomThatNobodyDecidedOnMayKnowNothing() {
        String source = "package dev.holdfast.cellar; import dev.holdfast.gate.Gate;";

        assertFalse(MAY_KNOW.containsKey("cellar"));
        assertEquals(
                List.of("cellar: dev.holdfast.gate.Gate"),
                knownTooMuch("cellar", source).toList());
    }

    private static Stream<String> knownTooMuch(String room, String source) {
        List<String> allowed = all(rooms(room), MAY_KNOW.getOrDefault(room, List.of()));
        String code = COMMENT_OR_LITERAL.matcher(source).replaceAll("").replaceFirst("package [\\w.]+;", "");
        return NAME.matcher(code)
                .results()
                .map(found -> found.group())
                .filter(name -> allowed.stream().noneMatch(name::startsWith) && !isFree(name))
                .map(name -> room + ": " + name);
    }

    private static boolean isFree(String name) {
        return (name.startsWith("java.") || name.startsWith("javax."))
                && FILES.stream().noneMatch(name::startsWith);
    }

    private static List<String> rooms(String... names) {
        return Stream.of(names).map(name -> "dev.holdfast." + name + ".").toList();
    }

    @SafeVarargs
    private static List<String> all(List<String>... parts) {
        List<String> all = new ArrayList<>();
        for (List<String> part : parts) {
            all.addAll(part);
        }
        return all;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
