package dev.holdfast.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Starts Holdfast by itself, or its demo, or does what an operator asks of one that runs; see {@code --help}. */
public final class Main {
    private Main() {}

    /** Ends the JVM with one of the {@link Exit} codes. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine serve = server(new ServeCommand());
        serve.addSubcommand(server(new DemoCommand()));
        for (Callable<Integer> command : List.of(
                new HoldCommand(), new ReleaseCommand(), new RefuseCommand(), new StatusCommand(), new WaitCommand())) {
            CommandLine operators = command(command);
            operators.getCommandSpec().exitCodeOnExecutionException(Exit.FAILED);
            serve.addSubcommand(operators);
        }
        return serve.setAllowSubcommandsAsOptionParameters(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((refused, args) -> {
                    CommandLine command = refused.getCommandLine();
                    command.getErr().println("holdfast: " + refused.getMessage());
                    CommandLine.UnmatchedArgumentException.printSuggestions(refused, command.getErr());
                    command.getErr().println("See " + command.getCommandSpec().qualifiedName() + " --help.");
                    return Exit.FAILED;
                })
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    Logging.flush();
                    command.getErr().println("holdfast: " + StartException.describe(failure));
                    return command.getCommandSpec().exitCodeOnExecutionException();
                });
    }

    private static CommandLine server(Callable<Integer> command) {
        CommandLine commandLine = command(command);
        ServerOptions.addSettings(commandLine.getCommandSpec());
        return commandLine;
    }

    /** The head that all commands share. */
    private static CommandLine command(Callable<Integer> command) {
        CommandLine commandLine = new CommandLine(command);
        CommandSpec spec = commandLine.getCommandSpec();
        spec.mixinStandardHelpOptions(true).versionProvider(new WarFile.Version());
        spec.usageMessage().sortOptions(false).abbreviateSynopsis(true);
        return commandLine;
    }
}
