package dev.holdfast.cli;

import dev.holdfast.balance.SwitchFile;
import dev.holdfast.cluster.Fleet;
import dev.holdfast.config.Durations;
import dev.holdfast.config.Ensemble;
import dev.holdfast.config.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands of the operator take: which balance file, or which fleet. */
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

    @Option(
            names = "--zookeeper",
            paramLabel = "<hosts/path>",
            converter = ZooKeeper.class,
            description = "Instead of a balance file: the switch of a fleet, as its nodes have it in this setting.")
    private Ensemble ensemble;

    @Option(
            names = "--zookeeper-site",
            paramLabel = "<name>",
            defaultValue = "holdfast",
            converter = Name.class,
            description = "The fleet, where there are several. Default: ${DEFAULT-VALUE}.")
    private String fleet;

    @Option(
            names = "--zookeeper-digest",
            paramLabel = "<user:password>",
            description = "As the nodes have it in this setting. Put it into a file, and name that as @file.")
    private String digest;

    @Option(
            names = "--without",
            paramLabel = "<node>",
            description = "A node of the fleet that has vanished, and that you know to be dead: nobody waits for it.")
    private Set<String> without = Set.of();

    private Logger silenced;

    /** Connected, where it is a fleet. */
    Target target() throws IOException, InterruptedException {
        CommandLine line = command.commandLine();
        if (ensemble == null) {
            return new FileTarget(new SwitchFile(balanceFile.toAbsolutePath()), line);
        }
        silenced = Logging.silence("org.apache"); // what goes wrong with ZooKeeper, we say
        return new FleetTarget(Fleet.connect(ensemble, fleet, Optional.ofNullable(digest)), without, line);
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

    static final class ZooKeeper implements ITypeConverter<Ensemble> {
        @Override
        public Ensemble convert(String value) {
            return allowed(() -> Ensemble.parse(value));
        }
    }

    static final class Name implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            return allowed(() -> Ensemble.checkName(value));
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
