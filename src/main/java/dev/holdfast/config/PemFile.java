package dev.holdfast.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates, and perhaps a private key, in PEM (RFC 7468). With a key, the certificates are its chain, in order. */
final class PemFile {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

    private PemFile() {}

    /**
     * @param password that the key in the store is to have
     * @throws IllegalArgumentException if there is something in it that is not understood; the message is the reason
     */
    static KeyStore load(String text, char[] password) throws GeneralSecurityException {
        List<Certificate> certificates = new ArrayList<>();
        PrivateKey key = null;
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            switch (block.group(1)) {
                case "CERTIFICATE" -> certificates.add(certificate(bytes(block.group(2))));
                case "PRIVATE KEY" -> key = key(bytes(block.group(2)));
                case "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY" ->
                    throw new IllegalArgumentException("its \"" + block.group(1)
                            + "\" is of a kind that is not understood; make it \"PRIVATE KEY\""
                            + " by openssl pkcs8 -topk8 -nodes, or all a PKCS12 file by openssl pkcs12 -export");
                default -> {
                    // Parameters, and what else people keep there.
                }
            }
        }
        return store(key, certificates, password);
    }

    private static KeyStore store(PrivateKey key, List<Certificate> certificates, char[] password)
            throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new IllegalStateException(e); // nothing is read
        }
        if (key != null && !certificates.isEmpty()) {
            store.setKeyEntry("key", key, password, certificates.toArray(Certificate[]::new));
            return store;
        }
        for (Certificate certificate : certificates) {
            store.setCertificateEntry("certificate " + store.size(), certificate);
        }
        return store;
    }

    private static byte[] bytes(String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("its Base64 is broken", e);
        }
    }

    private static Certificate certificate(byte[] encoded) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }

    private static PrivateKey key(byte[] encoded) throws GeneralSecurityException {
        for (String algorithm : KEY_ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (InvalidKeySpecException another) {
                // The next one, perhaps.
            }
        }
        throw new IllegalArgumentException("its private key is none of " + String.join(", ", KEY_ALGORITHMS));
    }
}
