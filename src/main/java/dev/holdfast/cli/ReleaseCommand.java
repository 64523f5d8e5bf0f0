package dev.holdfast.cli;

import dev.holdfast.config.UpstreamAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Ends an upgrade. */
@Command(
        name = "release",
        description = {
            "Lets requests through: puts the balance file, or the switch of a fleet, back as it was before the hold.",
            "With --wait, returns when all who waited have gone on.",
            "Exit: 0 released, or open; 1 not open in time; 2 somebody held or refused meanwhile; 3 no Holdfast answers,"
                    + " usage, files.",
            ""
        })
final class ReleaseCommand implements Callable<Integer> {
    @Mixin
    private OperatorOptions options;

    @Option(
            names = "--to",
            paramLabel = "<url>",
            converter = Upstream.class,
            description =
                    "Let them go to this upstream, such as http://10.0.0.7:2000. Default: where they went before.")
    private UpstreamAddress upstream;

    @Option(
            names = "--wait",
            arity = "0..1",
            fallbackValue = "60s",
            paramLabel = "<time>",
            converter = OperatorOptions.Wait.class,
            description = "Wait until the gate is open and nobody waits any more, at most so long. Default: 60s.")
    private Duration wait;

    @Override
    public Integer call() throws IOException, CommandException, InterruptedException {
        try (Target target = options.target()) {
            options.say(upstream == null ? target.release() : target.releaseTo(upstream));
            return target.until(wait == null ? Goal.RELEASED : Goal.OPEN, wait);
        }
    }

    static final class Upstream implements ITypeConverter<UpstreamAddress> {
        @Override
        public UpstreamAddress convert(String value) {
            return OperatorOptions.allowed(() -> UpstreamAddress.parse(value));
        }
    }
}
