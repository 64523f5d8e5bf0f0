package dev.holdfast.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Moves nothing; for a script that moved the balance file in its own way. */
@Command(
        name = "wait",
        description = {
            "Waits until the site is idle (drained), or until the gate is open and nobody waits any more (open).",
            "Exit: 0 it is; 1 not in time; 2 somebody moved the balance file to the contrary; 3 no Holdfast answers, usage,"
                    + " files.",
            ""
        })
final class WaitCommand implements Callable<Integer> {
    /** As it is written on the command line. */
    enum What {
        drained,
        open
    }

    @Mixin
    private OperatorOptions options;

    @Parameters(paramLabel = "drained|open", description = "What to wait for.")
    private What what;

    @Option(
            names = "--timeout",
            defaultValue = "60s",
            paramLabel = "<time>",
            converter = OperatorOptions.Wait.class,
            description = "Wait at most so long. Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Override
    public Integer call() throws IOException, CommandException, InterruptedException {
        try (Target target = options.target()) {
            return target.until(what == What.drained ? Goal.DRAINED : Goal.OPEN, timeout);
        }
    }
}
