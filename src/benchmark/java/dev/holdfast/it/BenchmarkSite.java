package dev.holdfast.it;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The site behind the proxies: nginx where it is there, else Undertow. */
record BenchmarkSite(ChildProcess process, int port) implements AutoCloseable {
    /** @param directory of its own, empty */
    static BenchmarkSite start(Path directory) throws IOException {
        file(directory.resolve("get-64k"), 64 << 10);
        file(directory.resolve("get-100m"), 100 << 20);
        if (!Programs.canBeRun("nginx")) {
            ChildProcess process = JavaPeers.launch(UndertowSite.class, directory, 0);
            return new BenchmarkSite(process, JavaPeers.port(process));
        }
        int port = Programs.freePort();
        Path file = Template.named("nginx-site.conf")
                .with("directory", directory)
                .with("user", System.getProperty("user.name"))
                .with("port", port)
                .with("kibibyte", "x".repeat(1 << 10))
                .writeTo(directory.resolve("nginx-site.conf"));
        ChildProcess process = ChildProcess.start(
                directory, directory.resolve("out"), Map.of(), List.of(Programs.path("nginx"), "-c", file.toString()));
        Programs.awaitListening(process, port);
        return new BenchmarkSite(process, port);
    }

    /** Of zeros, which take no place on the disk. */
    private static void file(Path file, int bytes) throws IOException {
        try (RandomAccessFile zeros = new RandomAccessFile(file.toFile(), "rw")) {
            zeros.setLength(bytes);
        }
    }

    @Override
    public void close() {
        var children = process.handle().descendants().toList();
        process.close();
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
