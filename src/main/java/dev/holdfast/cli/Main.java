package dev.holdfast.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Starts Holdfast by itself, or its demo; see {@code --help}. */
public final class Main {
    private Main() {}

    /** Ends the JVM: 0 after an orderly stop, 1 where Holdfast cannot start, 2 for bad options. */
    public static void main(String[] args) {
        Logging.configure();
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine serve = command(new ServeCommand());
        serve.addSubcommand(command(new DemoCommand()));
        return serve.setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((refused, args) -> {
                    CommandLine command = refused.getCommandLine();
                    command.getErr().println("holdfast: " + refused.getMessage());
                    CommandLine.UnmatchedArgumentException.printSuggestions(refused, command.getErr());
                    command.getErr().println("See " + command.getCommandSpec().qualifiedName() + " --help.");
                    return CommandLine.ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println("holdfast: " + StartException.describe(failure));
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    private static CommandLine command(Callable<Integer> command) {
        CommandLine commandLine = new CommandLine(command);
        ServerOptions.addSettings(commandLine.getCommandSpec());
        return commandLine;
    }
}
