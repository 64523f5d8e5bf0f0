package dev.holdfast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Runs {@code client.js}.
 *
 * @param programs its directory
 */
record NodeClient(Path programs) {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What {@code client} got of the site, or the front, at this port. */
    String seen(int port, String client) throws Exception {
        Path output = Files.createTempFile(programs, client, ".out");
        List<String> command = List.of("node", "client.js", "http://127.0.0.1:" + port, client);
        try (ChildProcess node = ChildProcess.start(programs, output, Map.of(), command)) {
            int exit = node.awaitExit(LIMIT);
            assertEquals(0, exit, node::output);
            return node.output();
        }
    }
}
