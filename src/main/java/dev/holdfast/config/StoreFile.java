package dev.holdfast.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.util.Optional;

/** Reads a file with certificates and keys, and finds out itself what kind it is. */
final class StoreFile {
    private static final int MOST_BYTES = 16 * 1024 * 1024;
    private static final int JKS = 0xFEEDFEED;

    private StoreFile() {}

    /**
     * @throws UnrecoverableKeyException if the password is not the right one
     * @throws IllegalArgumentException if the file cannot be read; the message is the reason
     */
    static KeyStore load(Path file, Optional<String> password) throws GeneralSecurityException {
        byte[] content = read(file);
        String text = new String(content, StandardCharsets.ISO_8859_1);
        if (text.contains("-----BEGIN ")) {
            return PemFile.load(text, password.orElse("").toCharArray());
        }
        KeyStore store = KeyStore.getInstance(isJks(content) ? "JKS" : "PKCS12");
        try {
            store.load(
                    new ByteArrayInputStream(content),
                    password.map(String::toCharArray).orElse(null));
            return store;
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException wrongPassword) {
                throw wrongPassword;
            }
            throw new IllegalArgumentException("it is neither PKCS12 nor JKS nor PEM, or broken", e);
        }
    }

    private static byte[] read(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IllegalArgumentException("it is too large");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("there is no such file", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("it cannot be read: " + e, e);
        }
    }

    private static boolean isJks(byte[] content) {
        return content.length > 4 && java.nio.ByteBuffer.wrap(content).getInt() == JKS;
    }
}
