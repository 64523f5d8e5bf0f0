package dev.holdfast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogFormatTest {
    private static LogRecord record(String message, Object... parameters) {
        LogRecord record = new LogRecord(Level.WARNING, message);
        record.setLoggerName("dev.holdfast.gate");
        record.setInstant(Instant.parse("2026-01-31T12:00:00Z"));
        record.setParameters(parameters);
        return record;
    }

    @Test
    void textIsALineAnEvent() {
        String line = LogFormat.TEXT.formatter().format(record("{0}: drained\r\n2026-01-31 forged\u009b2J", "site"));

        assertTrue(
                line.matches(
                        "2026-\\d\\d-\\d\\d \\d\\d:00:00\\.000 WARNING dev\\.holdfast\\.gate: site: drained 2026-01-31"
                                + " forged 2J\\R"),
                line);
    }

    @Test
    void noLineOfAnExceptionLooksLikeOneOfTheLog() {
        LogRecord record = record("failed");
        record.setThrown(new IOException("a\n2026-01-31 12:00:00.000 INFO forged"));

        List<String> lines = LogFormat.TEXT.formatter().format(record).lines().toList();

        assertTrue(lines.get(0).endsWith(": failed"), lines.get(0));
        assertEquals("    java.io.IOException: a", lines.get(1));
        assertTrue(lines.stream().skip(1).allMatch(line -> line.startsWith("    ")), lines::toString);
    }

    @Test
    void jsonIsAnObjectALine() {
        LogRecord record = record("\"{0}\"\n", "site");
        String line = LogFormat.JSON.formatter().format(record);

        assertEquals(1, line.lines().count());
        Map<?, ?> read = Json.object(line);
        assertEquals("2026-01-31T12:00:00Z", read.get("time"));
        assertEquals("WARNING", read.get("level"));
        assertEquals("dev.holdfast.gate", read.get("logger"));
        assertEquals("\"site\"\n", read.get("message"));
        assertTrue(read.containsKey("thrown") && read.get("thrown") == null, line);

        record.setThrown(new IOException("broken"));
        String thrown = String.valueOf(
                Json.object(LogFormat.JSON.formatter().format(record)).get("thrown"));
        assertTrue(thrown.startsWith("java.io.IOException: broken\n\tat "), thrown);
    }
}
