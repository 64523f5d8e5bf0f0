package dev.holdfast.config;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.web.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files with certificates and keys, as the start of a site sees them. */
class TlsContextTest {
    private static final String PASSWORD = TestCertificates.PASSWORD;

    @TempDir
    static Path directory;

    private static Path key;
    private static Path pem;
    private static Path jks;

    @BeforeAll
    static void makeFiles() throws Exception {
        TestCertificates certificates = new TestCertificates(directory);
        key = certificates.key("server", "dns:site.example");
        pem = certificates.certificate(key);
        jks = certificates.trust(key, "JKS");
    }

    private static TlsSettings load(String... settings) {
        Map<String, String> params = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            params.put(settings[i], settings[i + 1]);
        }
        return SettingsLoader.load("holdfast", params, Map.of(), directory)
                .upstream()
                .tls();
    }

    private static void assertRefused(String reason, Path file, String... settings) {
        String message =
                assertThrows(SettingsException.class, () -> load(settings)).getMessage();
        assertTrue(message.contains(settings[0] + ": the file " + file), message);
        assertTrue(message.contains(reason), message);
        assertFalse(message.contains(PASSWORD), message);
        assertFalse(message.contains("wrong-one"), message);
    }

    @Test
    void eachKindOfFileIsFoundOut() {
        assertNotNull(load("trustStore", pem.toString()).context());
        assertNotNull(load("trustStore", jks.toString(), "trustStorePassword", PASSWORD)
                .context());
        assertNotNull(load("trustStore", key.toString(), "trustStorePassword", PASSWORD)
                .context());
        assertNotNull(
                load("keyStore", key.toString(), "keyStorePassword", PASSWORD).context());
    }

    @Test
    void aRelativePathIsRelativeToTheBaseDirectory() {
        assertNotNull(load("trustStore", "server.pem").context());
    }

    @Test
    void aFileThatIsNotThereStopsTheStart() {
        assertRefused("there is no such file", directory.resolve("none.p12"), "trustStore", "none.p12");
        assertRefused("there is no such file", directory.resolve("none.p12"), "keyStore", "none.p12");
    }

    @Test
    void aFileThatCannotBeReadStopsTheStart() {
        assertRefused("it cannot be read", directory, "trustStore", directory.toString());
    }

    @Test
    void aWrongPasswordStopsTheStart() {
        assertRefused(
                "the password (trustStorePassword) is not the right one",
                jks,
                "trustStore",
                jks.toString(),
                "trustStorePassword",
                "wrong-one");
        assertRefused(
                "the password (keyStorePassword) is not the right one",
                key,
                "keyStore",
                key.toString(),
                "keyStorePassword",
                "wrong-one");
    }

    @Test
    void aMissingPasswordStopsTheStartAndIsNamed() {
        assertRefused("trustStorePassword", key, "trustStore", key.toString());
        assertRefused("keyStorePassword", key, "keyStore", key.toString());
    }

    @Test
    void aStoreWithoutWhatItIsForStopsTheStart() throws IOException {
        assertRefused("it has no key with a certificate", pem, "keyStore", pem.toString());
        Path empty = Files.writeString(
                directory.resolve("empty.pem"), "-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n");
        assertRefused("it has no certificate to trust", empty, "trustStore", empty.toString());
    }

    @Test
    void aFileOfAnotherKindStopsTheStart() throws IOException {
        Path text = Files.writeString(directory.resolve("text"), "hello, this is not a store of anything");
        assertRefused("neither PKCS12 nor JKS nor PEM", text, "trustStore", text.toString());
        Path none = Files.write(directory.resolve("zero"), new byte[0]);
        assertRefused("neither PKCS12 nor JKS nor PEM", none, "trustStore", none.toString());
    }

    @Test
    void aKeyInPemIsTakenWithItsCertificates() throws Exception {
        KeyStore store = KeyStore.getInstance(key.toFile(), PASSWORD.toCharArray());
        String encoded = Base64.getMimeEncoder()
                .encodeToString(store.getKey("server", PASSWORD.toCharArray()).getEncoded());
        Path both = Files.writeString(
                directory.resolve("both.pem"),
                Files.readString(pem) + "-----BEGIN PRIVATE KEY-----\n" + encoded + "\n-----END PRIVATE KEY-----\n");

        assertNotNull(load("keyStore", both.toString()).context());
        assertNotNull(
                load("keyStore", both.toString(), "keyStorePassword", PASSWORD).context());
    }

    @Test
    void aKeyInPemOfAKindThatIsNotUnderstoodStopsTheStartAndSaysWhatToDo() throws IOException {
        for (String kind : new String[] {"RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"}) {
            Path old = Files.writeString(
                    directory.resolve("old.pem"), "-----BEGIN " + kind + "-----\nAAAA\n-----END " + kind + "-----\n");
            assertRefused("openssl pkcs8 -topk8 -nodes", old, "keyStore", old.toString());
        }
    }

    @Test
    void aPasswordUnderAWrongNameIsNotShown() {
        String message = assertThrows(
                        SettingsException.class,
                        () -> SettingsLoader.load(
                                "holdfast", Map.of("holdfast.trustStorePasword", PASSWORD), Map.of(), directory))
                .getMessage();
        assertTrue(message.contains("did you mean holdfast.trustStorePassword?"), message);
        assertFalse(message.contains(PASSWORD), message);
    }
}
