package dev.holdfast.cli;

import java.util.concurrent.Callable;
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
    @Spec
    private CommandSpec command;

    @Mixin
    private ServerOptions options;

    @Override
    public Integer call() throws StartException, InterruptedException {
        Logging.configure();
        try (WarServer server = options.server()) {
            OrderlyExit.serve(server, () -> {
                command.commandLine().getOut().println(options.serving(server));
                command.commandLine().getOut().flush();
            });
        }
        return 0;
    }
}
