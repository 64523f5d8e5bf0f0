package dev.holdfast.it;

import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The context file that an operator copies, against the settings that there are. */
class ContextFileTest {
    static final Pattern COMMENTED_PARAMETER =
            Pattern.compile("<!-- (<Parameter name=\"([^\"]*)\" value=\"([^\"]*)\" override=\"false\"/>) -->");

    @Test
    void listsEverySettingWithItsDefault() throws IOException {
        String context = Files.readString(Path.of("tomcat-conf/Catalina/localhost/ROOT.xml"));

        Map<String, String> listed = COMMENTED_PARAMETER
                .matcher(context)
                .results()
                .collect(toMap((MatchResult result) -> result.group(2), result -> result.group(3)));

        assertEquals(Arrays.stream(Setting.values()).collect(toMap(Setting::key, Setting::defaultValue)), listed);
    }
}
