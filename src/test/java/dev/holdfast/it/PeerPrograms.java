package dev.holdfast.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** The programs of others that the tests run: curl, Node, and what npm installs from {@code src/test/peers}. */
final class PeerPrograms {
    private static final Path SOURCES = Path.of("src/test/peers").toAbsolutePath();
    private static final Path INSTALLED = Path.of("target/peers").toAbsolutePath();
    private static final Duration INSTALL_LIMIT = Duration.ofMinutes(5);

    /** Odd but valid request fields. */
    private static final String FIELDS = """
            X-Twice: 1
            X-Twice: 2
            X-Between: a,b ,  c
            X-Empty;
            x-lower: lower
            X-UPPER: UPPER
            X-Latin: caf\u00e9
            Accept: text/html;q=0.5, */*;q=0.1
            Accept-Language: de-AT
            Referer: http://other.example/page?x=1#f
            Cookie: a=1; b="2"; c
            Max-Forwards: 3
            Sec-Fetch-Mode: navigate
            """;

    private PeerPrograms() {}

    /** Those of curl, node and npm that cannot be run here. */
    static List<String> missing() {
        return Stream.of("curl", "node", "npm")
                .filter(program -> !canBeRun(program))
                .toList();
    }

    private static boolean canBeRun(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Path.of(directory, program).toFile().canExecute());
    }

    /** Installs the packages, unless they are there, and the scripts; returns the directory. Needs a package registry. */
    static Path install() throws IOException, InterruptedException {
        Files.createDirectories(INSTALLED);
        Path lock = INSTALLED.resolve("package-lock.json");
        Path done = INSTALLED.resolve("installed");
        boolean current = Files.exists(done) && Files.mismatch(lock, SOURCES.resolve("package-lock.json")) < 0;
        Files.deleteIfExists(done);
        try (Stream<Path> sources = Files.list(SOURCES)) {
            for (Path source : sources.toList()) {
                Files.write(INSTALLED.resolve(source.getFileName()), Files.readAllBytes(source));
            }
        }
        if (!current) {
            npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
        }
        makeFiles(INSTALLED.resolve("files"));
        Files.createFile(done);
        return INSTALLED;
    }

    private static void npm(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                Stream.concat(Stream.of("npm"), Stream.of(arguments)).toList();
        try (ChildProcess npm = ChildProcess.start(INSTALLED, INSTALLED.resolve("npm.out"), Map.of(), command)) {
            if (npm.awaitExit(INSTALL_LIMIT) != 0) {
                throw new IOException("npm could not install the peers: " + npm.output());
            }
        }
    }

    /** What the sites serve, and what curl uploads. */
    private static void makeFiles(Path files) {
        try {
            Files.createDirectories(files.resolve("sub"));
            byte[] large = new byte[300_000];
            new Random(1).nextBytes(large);
            byte[] upload = new byte[2_000_000];
            new Random(2).nextBytes(upload);
            Files.write(files.resolve("large.bin"), large);
            Files.write(files.resolve("upload.bin"), upload);
            Files.writeString(files.resolve("page.html"), "<!DOCTYPE html><title>Page</title><p>caf\u00e9</p>\n");
            Files.writeString(files.resolve("sub/index.html"), "<!DOCTYPE html><title>Index</title>\n");
            Files.writeString(files.resolve("empty.txt"), "");
            Files.writeString(files.resolve("fields.txt"), FIELDS, ISO_8859_1);
            Files.createDirectories(files.resolveSibling("curl"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
