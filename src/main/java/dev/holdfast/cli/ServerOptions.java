package dev.holdfast.cli;

import dev.holdfast.config.Setting;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where to listen, and every {@link Setting}, as options of a command; and the server that they make. */
final class ServerOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--port",
            paramLabel = "<port>",
            defaultValue = "8000",
            description = "Port to listen at, 0 for any free one. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--address",
            paramLabel = "<address>",
            description = "Address to listen at, such as 127.0.0.1 to serve this machine only. Default: all addresses.")
    private InetAddress address;

    @Option(
            names = "--log",
            paramLabel = "<format>",
            defaultValue = "text",
            converter = Format.class,
            description = {
                "How the log looks, on stderr: text, or json, an object a line.",
                "No matter with -Djava.util.logging.config.file. Default: ${DEFAULT-VALUE}."
            })
    private LogFormat log;

    static void addSettings(CommandSpec command) {
        for (Setting setting : Setting.values()) {
            String description = setting.description();
            command.addOption(OptionSpec.builder(setting.option())
                    .type(String.class)
                    .paramLabel("<value>")
                    .converters(checkedBy(setting))
                    .description(Character.toUpperCase(description.charAt(0)) + description.substring(1) + ": "
                            + setting.allowed() + ". Default: " + setting.defaultValue() + ".")
                    .build());
        }
    }

    LogFormat log() {
        return log;
    }

    private static ITypeConverter<String> checkedBy(Setting setting) {
        return value -> {
            OperatorOptions.allowed(() -> setting.parse(value));
            return value;
        };
    }

    /** Not started yet. */
    WarServer server() {
        if (port < 0 || port > 65535) {
            throw refused("--port", String.valueOf(port), "0 to 65535");
        }
        InetSocketAddress listen = address == null ? new InetSocketAddress(port) : new InetSocketAddress(address, port);
        return new WarServer(WarFile.running(), listen, contextParams());
    }

    /** The settings that were given override those of {@code web.xml}; so do always the two that {@link #serving} names. */
    private Map<String, String> contextParams() {
        Map<String, String> params = new HashMap<>();
        for (Setting setting : Setting.values()) {
            String given = command.findOption(setting.option()).getValue();
            if (given != null) {
                params.put(setting.key(), given);
            }
        }
        params.put(Setting.UPSTREAM.key(), value(Setting.UPSTREAM));
        params.put(Setting.BALANCE_FILE.key(), balanceFile().toString());
        return params;
    }

    /** The value that was given, or the default. */
    String value(Setting setting) {
        String given = command.findOption(setting.option()).getValue();
        return given == null ? setting.defaultValue() : given;
    }

    /** Absolute; a relative one is relative to the working directory. */
    Path balanceFile() {
        return Path.of(value(Setting.BALANCE_FILE)).toAbsolutePath();
    }

    /** The line that says that it serves. */
    String serving(WarServer server) {
        return "Holdfast serves " + server.url() + " for " + value(Setting.UPSTREAM) + "; balance file "
                + balanceFile();
    }

    static final class Format implements ITypeConverter<LogFormat> {
        @Override
        public LogFormat convert(String value) {
            return switch (value) {
                case "text" -> LogFormat.TEXT;
                case "json" -> LogFormat.JSON;
                default ->
                    throw new CommandLine.TypeConversionException(
                            "\"" + value + "\" is not allowed; allowed is text or json");
            };
        }
    }

    CommandLine.ParameterException refused(String option, String value, String allowed) {
        return new CommandLine.ParameterException(
                command.commandLine(),
                "Invalid value for option '" + option + "': \"" + value + "\" is not allowed; allowed is " + allowed);
    }
}
