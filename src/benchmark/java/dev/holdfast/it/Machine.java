package dev.holdfast.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says what the figures were taken on and with. */
final class Machine {
    private Machine() {}

    /** A few lines of Markdown. */
    static String describe(BenchmarkOptions options) throws IOException {
        return String.format(
                Locale.ROOT,
                "%d processors (%s), %s; Java %s; %s.%n%n"
                        + "%d rounds of %d s each, in turn, after %d s of warm-up a case; medians of the rounds. Ratios: medians of the"
                        + " ratios of each round.%n%s",
                Runtime.getRuntime().availableProcessors(),
                processor(),
                "Linux " + System.getProperty("os.version"),
                System.getProperty("java.version"),
                peers(),
                options.rounds(),
                options.slice().toSeconds(),
                options.warmUp().toSeconds(),
                options.absentPeers().isEmpty() ? "" : "\nNot installed: " + options.absentPeers() + ".\n");
    }

    private static String processor() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        }
    }

    private static String peers() {
        String jars = Arrays.stream(System.getProperty("java.class.path").split(":"))
                .map(jar -> Path.of(jar).getFileName().toString())
                .filter(jar ->
                        jar.matches("(undertow-core|jetty-ee10-proxy|smiley-http-proxy-servlet|tomcat-embed-core)-.*"))
                .map(jar -> jar.replace(".jar", ""))
                .collect(Collectors.joining(", "));
        String programs = Stream.of(List.of("nginx", "-v"), List.of("haproxy", "-v"))
                .map(Machine::firstLine)
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining(", "));
        return jars + (programs.isEmpty() ? "" : ", " + programs);
    }

    private static String firstLine(List<String> command) {
        String program = Programs.path(command.get(0));
        if (program.isEmpty()) {
            return "";
        }
        try {
            Process process = new ProcessBuilder(program, command.get(1))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return output.lines().findFirst().orElse("").replaceAll("nginx version: | https?://\\S+", "");
        } catch (IOException e) {
            return "";
        }
    }
}
