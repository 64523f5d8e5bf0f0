package dev.holdfast.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import picocli.CommandLine.IVersionProvider;

/** The WAR that is running. */
final class WarFile {
    private WarFile() {}

    /** Absolute. */
    static Path running() {
        String classPath = System.getProperty("java.class.path"); // with java -jar it is that file, and nothing else
        Path war = Path.of(classPath).toAbsolutePath();
        if (!Files.isRegularFile(war)) {
            throw new IllegalStateException(
                    "must be run as java -jar holdfast.war, not with the class path " + classPath);
        }
        return war;
    }

    /** What {@code --version} says. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            try (JarFile war = new JarFile(running().toFile())) {
                String version = war.getManifest().getMainAttributes().getValue("Implementation-Version");
                return new String[] {"holdfast " + version};
            }
        }
    }
}
