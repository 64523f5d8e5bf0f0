package dev.holdfast.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what Holdfast is doing. */
@Command(
        name = "status",
        description = {
            "Says what Holdfast is doing, and what is in flight.",
            "Exit: 0 Holdfast answers; 3 it does not, usage, files.",
            ""
        })
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private OperatorOptions options;

    @Option(names = "--json", description = "Print the status file as it is; of a fleet, an object.")
    private boolean json;

    @Override
    public Integer call() throws IOException, CommandException, InterruptedException {
        try (Target target = options.target()) {
            return target.answer(json);
        }
    }
}
