package dev.holdfast.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Serves until the process is told to stop. */
@Command(
        name = "java -jar holdfast.war",
        description = {
            "Stands in front of a web site and holds its requests while the balance file is away.",
            "Remove the file, upgrade the site, create the file again: those who waited go through, oldest first.",
            ""
        })
final class ServeCommand implements Callable<Integer> {
    /** A {@code Supplier} of the WAR's: how an upgrade goes, in words. */
    private static final String PROGRESS = "dev.holdfast.progress";

    @Spec
    private CommandSpec command;

    @Mixin
    private ServerOptions options;

    @Override
    public Integer call() throws StartException, InterruptedException {
        ProgressLine progress = new ProgressLine(System.out);
        Logging.configure(options.log(), progress);
        ScheduledExecutorService timer =
                Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "holdfast-progress"));
        try (WarServer server = options.server()) {
            OrderlyExit.serve(server, () -> {
                command.commandLine().getOut().println(options.serving(server));
                command.commandLine().getOut().flush();
                if (options.log() == LogFormat.TEXT && Terminal.isThere()) {
                    timer.scheduleWithFixedDelay(() -> progress.show(words(server)), 0, 500, TimeUnit.MILLISECONDS);
                }
            });
        } finally {
            timer.shutdownNow();
        }
        return 0;
    }

    private static String words(WarServer server) {
        return server.attribute(PROGRESS) instanceof Supplier<?> words ? String.valueOf(words.get()) : "";
    }
}
