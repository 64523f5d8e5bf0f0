package dev.holdfast.cli;

import dev.holdfast.config.Json;
import dev.holdfast.config.Printable;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/** How a line of the runner's log looks. */
enum LogFormat {
    /** {@code 2026-01-31 12:00:00.000 INFO dev.holdfast.gate: holdfast: drained after 0.1 s}. */
    TEXT {
        @Override
        Formatter formatter() {
            return new Formatter() {
                @Override
                public String format(LogRecord record) {
                    String time = TIME.format(record.getInstant().atZone(ZoneId.systemDefault()));
                    String line = time + " " + record.getLevel().getName() + " " + record.getLoggerName() + ": "
                            + Printable.oneLine(formatMessage(record)) + System.lineSeparator();
                    return record.getThrown() == null ? line : line + indented(stackTrace(record.getThrown()));
                }
            };
        }
    },
    /** An object a line, for machines. */
    JSON {
        @Override
        Formatter formatter() {
            return new Formatter() {
                @Override
                public String format(LogRecord record) {
                    Map<String, Object> line = new LinkedHashMap<>();
                    line.put("time", record.getInstant().toString());
                    line.put("level", record.getLevel().getName());
                    line.put("logger", record.getLoggerName());
                    line.put("message", formatMessage(record));
                    line.put("thrown", record.getThrown() == null ? null : stackTrace(record.getThrown()));
                    return Json.line(line);
                }
            };
        }
    };

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);

    abstract Formatter formatter();

    private static String stackTrace(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }

    /** So that no line of a message of an exception looks like one of the log's. */
    private static String indented(String trace) {
        StringBuilder lines = new StringBuilder();
        trace.lines()
                .forEach(line ->
                        lines.append("    ").append(Printable.oneLine(line)).append(System.lineSeparator()));
        return lines.toString();
    }
}
