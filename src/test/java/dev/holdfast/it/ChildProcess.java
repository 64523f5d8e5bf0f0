package dev.holdfast.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program that a test started as a process of its own; what it prints goes to a file. Closing kills it. */
final class ChildProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final Path output;

    private ChildProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts {@code command} in {@code directory}; both of its output streams are appended to {@code output}. */
    static ChildProcess start(Path directory, Path output, Map<String, String> environment, List<String> command)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().putAll(environment);
        return new ChildProcess(builder.start(), output);
    }

    /** The {@code java} that runs this test. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    long pid() {
        return process.pid();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the process has printed {@code pattern}; fails at once when it has ended without. */
    Matcher awaitOutput(Pattern pattern) {
        await("output " + pattern + " of " + handle().info().commandLine().orElse("?"))
                .atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(10))
                .failFast("process lives or has printed it", () -> {
                    if (!process.isAlive() && !pattern.matcher(output()).find()) {
                        throw new IllegalStateException("ended, having printed: " + output());
                    }
                })
                .until(() -> pattern.matcher(output()).find());
        Matcher found = pattern.matcher(output());
        if (!found.find()) {
            throw new IllegalStateException("output shrank");
        }
        return found;
    }

    /** Waits for the end and returns the exit code. */
    int awaitExit(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("process still runs after " + limit + "; it printed: " + output());
        }
        return process.exitValue();
    }

    /** SIGTERM: asks it to end. */
    void terminate() {
        process.destroy();
    }

    /** SIGSTOP: it stands still, and does not know. */
    void pause() throws IOException {
        signal("STOP");
    }

    /** SIGCONT. */
    void resume() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                .start()
                .onExit()
                .join();
    }

    /** SIGKILL: it ends here and now; returns when it is gone. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
