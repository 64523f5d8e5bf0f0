package dev.holdfast.web;

import static dev.holdfast.web.AnsweringUpstream.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script of the waiting page, run by Node in a world that has as much of a browser as it asks for. */
@Timeout(60)
class WaitingPageScriptIT {
    private static final String BROWSER = """
            const counter = { textContent: '7', set: 0 };
            const since = { dateTime: '2026-11-22T14:28:47Z', textContent: '' };
            globalThis.document = { querySelectorAll: s =>
              s === '.holdfast-seconds' ? [counter] : s === 'time.holdfast-since' ? [since] : [] };
            globalThis.location = { reload() { console.log('reload'); process.exit(0); } };
            const real = globalThis.fetch;
            let polls = 0;
            globalThis.fetch = (url, how) => polls++ === 0
              ? Promise.reject(new TypeError('no network'))
              : real('http://127.0.0.1:' + process.argv[2] + '/a/b' + url, how);
            setInterval(() => console.log(counter.textContent + ' after ' + polls + ' polls, ' + since.textContent), 100);
            """;

    @TempDir
    Path directory;

    @Test
    void countsAndLoadsThePageAgainWhenTheGateOpens() throws Exception {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(path -> Path.of(path, "node").toFile().canExecute()),
                "node is not here");
        Path program = Files.writeString(directory.resolve("page.js"), BROWSER + WaitingPage.SCRIPT);
        try (AnsweringUpstream upstream = new AnsweringUpstream(target -> OK);
                TestSite site = TestSite.before(upstream.port(), "waitPageAfter", "1s")) {
            site.hold();
            Process node = new ProcessBuilder("node", program.toString(), Integer.toString(site.port()))
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(node.getInputStream()))) {
                String line = lines.readLine();
                while (!line.matches(
                        "(9|\\d\\d) after ([3-9]|\\d\\d) polls, .*\\d:\\d\\d.*")) { // still there after two answers
                    assertTrue(line.matches("\\d+ after \\d+ polls, .*"), line);
                    line = lines.readLine();
                }
                site.release();
                while (!line.equals("reload")) {
                    line = lines.readLine();
                }
                assertEquals(0, node.waitFor());
            } finally {
                node.destroyForcibly();
            }
            assertEquals(0, site.gate().snapshot().counts().arrived());
        }
    }
}
