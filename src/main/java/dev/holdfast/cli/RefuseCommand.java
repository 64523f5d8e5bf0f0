package dev.holdfast.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Closes the site for longer. */
@Command(
        name = "refuse",
        description = {
            "Turns everybody away with 503 and a message, those who are held too, until release.",
            "Exit: 0 done; 2 somebody moved the balance file meanwhile; 3 no Holdfast answers, usage, files.",
            ""
        })
final class RefuseCommand implements Callable<Integer> {
    @Mixin
    private OperatorOptions options;

    @Parameters(paramLabel = "<message>", arity = "0..1", defaultValue = "", description = "For the users.")
    private String message;

    @Override
    public Integer call() throws IOException, CommandException, InterruptedException {
        try (Target target = options.target()) {
            options.say(target.refuse(message));
            return target.until(Goal.REFUSED, null);
        }
    }
}
