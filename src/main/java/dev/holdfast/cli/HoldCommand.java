package dev.holdfast.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Begins an upgrade. */
@Command(
        name = "hold",
        description = {
            "Holds requests: removes the balance file, or the switch of a fleet. With --wait, returns when the site is idle.",
            "Exit: 0 held, or drained; 1 not drained in time; 2 somebody released meanwhile; 3 no Holdfast answers, usage,"
                    + " files.",
            ""
        })
final class HoldCommand implements Callable<Integer> {
    @Mixin
    private OperatorOptions options;

    @Option(
            names = "--wait",
            arity = "0..1",
            fallbackValue = "60s",
            paramLabel = "<time>",
            converter = OperatorOptions.Wait.class,
            description = "Wait until nothing is in flight, at most so long. Default: 60s.")
    private Duration wait;

    @Override
    public Integer call() throws IOException, CommandException, InterruptedException {
        try (Target target = options.target()) {
            options.say(target.hold());
            return target.until(wait == null ? Goal.HELD : Goal.DRAINED, wait);
        }
    }
}
