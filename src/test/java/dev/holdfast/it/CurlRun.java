package dev.holdfast.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A curl that is under way. Its address is not Holdfast's, so that the site can tell who is whom. */
record CurlRun(CurlCall call, Process process, Path head, Path body) {
    static final String HOST = "site.example";
    private static final String ADDRESS = "127.0.0.2";
    private static final int LIMIT_SECONDS = 45;

    static CurlRun start(CurlCall call, int port, boolean http2, Path files) throws IOException {
        Path output = Files.createTempDirectory(files.resolveSibling("curl"), "call");
        Path head = output.resolve("head");
        Path body = output.resolve("body");
        List<String> command = new ArrayList<>(List.of("curl", "-q", "-s", "-g", "--noproxy", "*"));
        command.addAll(List.of("--interface", ADDRESS, "--max-time", String.valueOf(LIMIT_SECONDS - 5)));
        command.addAll(List.of("-H", "Host: " + HOST, "-D", head.toString(), "-o", body.toString()));
        if (http2) {
            command.add("--http2-prior-knowledge");
        }
        command.addAll(call.options());
        command.add("http://127.0.0.1:" + port + call.target());
        Process process = new ProcessBuilder(command)
                .directory(files.toFile())
                .redirectInput(files.resolve("upload.bin").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.resolve("out").toFile())
                .start();
        return new CurlRun(call, process, head, body);
    }

    boolean isOver() {
        return !process.isAlive();
    }

    CurlAnswer await() throws IOException, InterruptedException {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("curl hangs: " + call);
        }
        return CurlAnswer.parse(call, process.exitValue(), head, body);
    }
}
