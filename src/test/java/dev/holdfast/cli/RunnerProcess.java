package dev.holdfast.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of {@code java -jar holdfast.war} in a directory of its own; killed by {@link #close} at the latest. */
final class RunnerProcess implements AutoCloseable {
    private static final Path WAR = Path.of("target/holdfast.war").toAbsolutePath();

    private final Process process;
    private final Path out;
    private final Path err;

    private RunnerProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Where it makes its temporary files. */
    static Path temporaryFiles(Path directory) {
        return directory.resolve("tmp");
    }

    static RunnerProcess start(Path directory, String... args) throws IOException {
        Files.createDirectories(temporaryFiles(directory));
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporaryFiles(directory),
                "-jar",
                WAR.toString()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        return new RunnerProcess(process, out, err);
    }

    /** Waits until it says that it serves: a JVM has to start, perhaps beside a whole build. */
    String url() throws IOException {
        awaitOut("Holdfast serves ");
        return out().replaceAll("(?s).*Holdfast serves (\\S+).*", "$1");
    }

    void awaitOut(String text) {
        await(text).atMost(Duration.ofSeconds(30)).until(() -> out().contains(text) || !process.isAlive());
        if (!out().contains(text)) {
            throw new AssertionError("waited for \"" + text + "\", but: " + out() + err());
        }
    }

    String out() {
        return read(out);
    }

    String err() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("still alive; " + out() + err());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
