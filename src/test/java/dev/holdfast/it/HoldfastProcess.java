package dev.holdfast.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Holdfast by itself: {@code java -jar holdfast.war} on a free port, with a balance file that is present at first. */
final class HoldfastProcess implements AutoCloseable {
    private static final Pattern SERVES = Pattern.compile("serves http://[^\\s/]+:(\\d+)");

    private final ChildProcess process;
    private final BalanceFile balance;
    private final int port;

    private HoldfastProcess(ChildProcess process, BalanceFile balance, int port) {
        this.process = process;
        this.balance = balance;
        this.port = port;
    }

    /** The WAR that this build made. */
    static Path war() {
        return Path.of(System.getProperty("holdfast.war", "target/holdfast.war"))
                .toAbsolutePath();
    }

    /** Starts it in {@code directory} and waits until it serves. */
    static HoldfastProcess start(Path directory, int upstreamPort, List<String> jvmOptions, String... options)
            throws IOException {
        BalanceFile balance = new BalanceFile(directory.resolve("balance"));
        if (Files.notExists(balance.file())) {
            balance.release();
        }
        ChildProcess process =
                launch(directory, jvmOptions, concat(options, "--upstream", "http://127.0.0.1:" + upstreamPort));
        try {
            int port = Integer.parseInt(process.awaitOutput(SERVES).group(1));
            return new HoldfastProcess(process, balance, port);
        } catch (RuntimeException | Error e) {
            process.close();
            throw e;
        }
    }

    /** Starts it and waits for nothing: it may end by itself. */
    static ChildProcess launch(Path directory, List<String> jvmOptions, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(ChildProcess.java()));
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", war().toString(), "--port", "0", "--address", "127.0.0.1"));
        command.addAll(List.of("--balance-file", directory.resolve("balance").toString()));
        command.addAll(options);
        return ChildProcess.start(directory, directory.resolve("holdfast.out"), Map.of(), command);
    }

    int port() {
        return port;
    }

    BalanceFile balance() {
        return balance;
    }

    ChildProcess process() {
        return process;
    }

    ProcessFigures figures() {
        return new ProcessFigures(process);
    }

    @Override
    public void close() {
        process.close();
    }

    private static List<String> concat(String[] options, String... more) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of(more));
        return all;
    }
}
