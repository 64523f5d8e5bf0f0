package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Keys and certificates that keytool makes when a test asks for them; each certificate is signed by itself. */
public final class TestCertificates {
    public static final String PASSWORD = "not-to-be-logged";

    private final Path directory;

    public TestCertificates(Path directory) {
        this.directory = directory;
    }

    /** A PKCS12 file with a key and a certificate for these names, such as {@code dns:site.example,ip:127.0.0.1}. */
    public Path key(String name, String subjectAltNames, String... more) throws IOException, InterruptedException {
        Path store = directory.resolve(name + ".p12");
        List<String> arguments = new ArrayList<>(List.of(
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=" + subjectAltNames));
        arguments.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        arguments.addAll(List.of(more));
        keytool(arguments.toArray(String[]::new));
        return store;
    }

    /** The same, with a certificate that the authority signed; what is said in addition is for its signature. */
    public Path signed(String name, String subjectAltNames, Path authority, String... more)
            throws IOException, InterruptedException {
        Path store = key(name, subjectAltNames);
        String request = directory.resolve(name + ".csr").toString();
        String chain = directory.resolve(name + ".chain").toString();
        String[] ours = {"-alias", name, "-keystore", store.toString(), "-storepass", PASSWORD};
        String[] theirs = {"-alias", name(authority), "-keystore", authority.toString(), "-storepass", PASSWORD};
        keytool(all(ours, "-certreq", "-file", request));
        keytool(all(
                all(theirs, more),
                "-gencert",
                "-rfc",
                "-infile",
                request,
                "-outfile",
                chain,
                "-ext",
                "san=" + subjectAltNames));
        Files.writeString(
                Path.of(chain), Files.readString(certificate(authority)), java.nio.file.StandardOpenOption.APPEND);
        keytool(all(ours, "-importcert", "-noprompt", "-file", chain));
        return store;
    }

    private static String[] all(String[] some, String... others) {
        return java.util.stream.Stream.of(others, some)
                .flatMap(java.util.Arrays::stream)
                .toArray(String[]::new);
    }

    /** The certificate alone, in PEM. */
    public Path certificate(Path key) throws IOException, InterruptedException {
        Path pem = key.resolveSibling(name(key) + ".pem");
        keytool(
                "-exportcert",
                "-rfc",
                "-file",
                pem.toString(),
                "-alias",
                name(key),
                "-keystore",
                key.toString(),
                "-storepass",
                PASSWORD);
        return pem;
    }

    /** A store of this type that trusts the certificate. */
    public Path trust(Path key, String type) throws IOException, InterruptedException {
        Path store = key.resolveSibling(name(key) + "-trust." + type.toLowerCase(java.util.Locale.ROOT));
        keytool(
                "-importcert",
                "-noprompt",
                "-file",
                certificate(key).toString(),
                "-alias",
                "trusted",
                "-keystore",
                store.toString(),
                "-storetype",
                type,
                "-storepass",
                PASSWORD);
        return store;
    }

    /** For a server with this key, that trusts the clients with those. */
    static SSLContext context(Path key, Path... clients) throws IOException, GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(load(key), PASSWORD.toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (Path client : clients) {
            trusted.setCertificateEntry(name(client), load(client).getCertificate(name(client)));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), clients.length == 0 ? null : trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore load(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD.toCharArray());
            return store;
        }
    }

    private static String name(Path key) {
        return key.getFileName().toString().replace(".p12", "");
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), output);
    }
}
