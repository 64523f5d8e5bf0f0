package dev.holdfast.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A configuration file of {@code src/benchmark/resources}, with places to be filled in: {@code @name@}. */
record Template(String text) {
    static Template named(String name) throws IOException {
        try (InputStream in = Template.class.getResourceAsStream("/" + name)) {
            return new Template(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    Template with(String name, Object value) {
        return new Template(text.replace("@" + name + "@", value.toString()));
    }

    Path writeTo(Path file) throws IOException {
        return Files.writeString(file, text);
    }
}
