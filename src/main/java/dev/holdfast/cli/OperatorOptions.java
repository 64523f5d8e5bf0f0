package dev.holdfast.cli;

import dev.holdfast.balance.SwitchFile;
import dev.holdfast.config.Durations;
import dev.holdfast.config.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands of the operator take: which balance file. */
final class OperatorOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--balance-file",
            paramLabel = "<file>",
            defaultValue = "balance",
            converter = BalanceFile.class,
            description = "The balance file that Holdfast watches. Default: ${DEFAULT-VALUE}.")
    private Path balanceFile;

    SwitchFile file() {
        return new SwitchFile(balanceFile.toAbsolutePath());
    }

    Await await() {
        return new Await(file(), command.commandLine());
    }

    void say(String line) {
        command.commandLine().getOut().println(line);
    }

    /** How long to wait, such as 60s. */
    static final class Wait implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            return allowed(() -> Durations.parse(value, "1ms", "24h"));
        }
    }

    static final class BalanceFile implements ITypeConverter<Path> {
        @Override
        public Path convert(String value) {
            return allowed(() -> (Path) Setting.BALANCE_FILE.parse(value));
        }
    }

    /** Lets picocli name the option before what the exception says. */
    static <T> T allowed(Supplier<T> parser) {
        try {
            return parser.get();
        } catch (IllegalArgumentException notAllowed) {
            throw new CommandLine.TypeConversionException(notAllowed.getMessage());
        }
    }
}
