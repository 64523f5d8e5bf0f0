package dev.holdfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the texts say about settings is what the code says. */
class ReadmeTest {
    private static final Path README = Path.of("README.md");
    private static final Path CONTEXT_FILE = Path.of("tomcat-conf/Catalina/localhost/ROOT.xml");

    @Test
    void theReadmeHasEverySettingAsItIs() throws IOException {
        List<String> documented = Files.readAllLines(README).stream()
                .dropWhile(line -> !line.equals("| setting | default | allowed | what |"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .toList();

        assertEquals(Arrays.stream(Setting.values()).map(ReadmeTest::row).toList(), documented);
    }

    private static String row(Setting setting) {
        return "| `" + setting.key() + "` | `" + setting.defaultValue() + "` | " + setting.allowed() + " | "
                + setting.description() + " |";
    }

    @Test
    void theContextFileShowsEverySettingWithItsDefault() throws IOException {
        String contextFile = Files.readString(CONTEXT_FILE);
        for (Setting setting : Setting.values()) {
            String parameter = "<Parameter name=\"" + setting.key() + "\" value=\"" + setting.defaultValue() + "\"";
            assertTrue(contextFile.contains(parameter), parameter);
        }
    }
}
