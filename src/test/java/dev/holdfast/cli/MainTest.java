package dev.holdfast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.Setting;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... args) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "demo"})
    void helpTellsEverySettingWithItsDefault(String command) {
        int exit = command.isEmpty() ? execute("--help") : execute(command, "--help");

        String help = out.toString().replaceAll("\\s+", "");
        assertEquals(0, exit);
        for (Setting setting : Setting.values()) {
            assertTrue(help.contains(setting.option() + "="), setting.option());
            assertTrue(help.contains("Default:" + setting.defaultValue().replace(" ", "") + "."), setting.option());
        }
        assertTrue(help.contains("--port=") && help.contains("Default:8000."), help);
    }

    @Test
    void badValueIsUsageAndNamesOptionValueAndWhatIsAllowed() {
        int exit = execute("--max-hold", "60");

        assertEquals(3, exit);
        assertTrue(err.toString().contains("--max-hold"), err.toString());
        assertTrue(
                err.toString().contains("\"60\" is not allowed; allowed is a duration from 1ms to 24h"),
                err.toString());
        assertFalse(err.toString().contains("\tat "), err.toString());
    }

    @Test
    void unknownOptionIsUsageAndIsToldTheNearest() {
        int exit = execute("--maxHold=60s");

        assertEquals(3, exit);
        assertTrue(err.toString().contains("--maxHold"), err.toString());
        assertTrue(err.toString().contains("--max-hold"), err.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "65536", "http"})
    void portOutsideTheRangeIsUsage(String port) {
        assertEquals(3, execute("--port", port));
        assertTrue(err.toString().contains("--port"), err.toString());
    }

    @Test
    void demoRefusesAnUpstreamThatIsNotHere() {
        assertEquals(3, execute("demo", "--upstream", "http://site.example:2000"));
        assertTrue(err.toString().contains("--upstream"), err.toString());
        assertTrue(err.toString().contains("http://localhost:<port>"), err.toString());
    }

    @Test
    void classPathInPlaceOfTheWarIsTold() {
        assertEquals(1, execute("--port", "0"));
        assertTrue(err.toString().contains("java -jar holdfast.war"), err.toString());
        assertEquals("", out.toString());
    }
}
