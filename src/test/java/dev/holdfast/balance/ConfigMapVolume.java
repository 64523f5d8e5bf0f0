package dev.holdfast.balance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A directory in which a ConfigMap is mounted, written as the kubelet writes it ({@code pkg/volume/util/atomic_writer.go} of
 * Kubernetes): all keys into a new directory, whose name begins with the time; {@code ..data} leads to it, and is swapped by a rename;
 * each key is a link {@code key -> ..data/key}.
 */
final class ConfigMapVolume {
    private static final Path DATA = Path.of("..data");

    private final Path directory;
    private final Map<String, String> keys = new TreeMap<>();
    /** Whether new keys are linked before {@code ..data} is swapped, as older kubelets do. */
    boolean linksFirst;

    private int written;

    ConfigMapVolume(Path directory) {
        this.directory = directory;
    }

    /** The key is there, or says something else. */
    void put(String key, String content) throws IOException {
        keys.put(key, content);
        write();
    }

    /** The key is gone from the ConfigMap. */
    void remove(String key) throws IOException {
        keys.remove(key);
        write();
    }

    private void write() throws IOException {
        Path data = directory.resolve(DATA);
        Path old =
                Files.exists(data, LinkOption.NOFOLLOW_LINKS) ? directory.resolve(Files.readSymbolicLink(data)) : null;
        Path next = directory.resolve("..2026_11_22_21_00_00." + ++written);
        Files.createDirectory(next);
        for (Map.Entry<String, String> key : keys.entrySet()) {
            Files.writeString(next.resolve(key.getKey()), key.getValue());
        }
        if (linksFirst) {
            makeLinks();
        }
        Path draft = directory.resolve("..data_tmp");
        Files.createSymbolicLink(draft, next.getFileName());
        Files.move(draft, data, StandardCopyOption.ATOMIC_MOVE);
        makeLinks();
        for (Path link : links()) {
            if (!keys.containsKey(link.getFileName().toString())) {
                Files.delete(link);
            }
        }
        if (old != null) {
            delete(old);
        }
    }

    private void makeLinks() throws IOException {
        for (String key : keys.keySet()) {
            Path link = directory.resolve(key);
            if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(link, DATA.resolve(key));
            }
        }
    }

    private List<Path> links() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(path -> !path.getFileName().toString().startsWith("..") && Files.isSymbolicLink(path))
                    .toList();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
