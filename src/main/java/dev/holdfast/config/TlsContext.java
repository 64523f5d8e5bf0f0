package dev.holdfast.config;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Collections;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Makes of the files that the settings name what TLS needs. */
final class TlsContext {
    private TlsContext() {}

    /**
     * @param trustStore empty for the JVM's own
     * @param keyStore empty for none
     * @throws IllegalArgumentException if a file cannot be used; the message names the setting, the file and the reason, and
     *     no password
     */
    static SSLContext of(
            Optional<Path> trustStore,
            Optional<String> trustStorePassword,
            Optional<Path> keyStore,
            Optional<String> keyStorePassword) {
        TrustManager[] trust = trustStore
                .map(file -> use(Setting.TRUST_STORE, file, () -> trust(file, trustStorePassword)))
                .orElse(null);
        KeyManager[] keys = keyStore.map(file -> use(Setting.KEY_STORE, file, () -> keys(file, keyStorePassword)))
                .orElse(null);
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(Setting.TRUST_STORE.key() + ": the JVM's own cannot be used: " + e, e);
        }
    }

    private static TrustManager[] trust(Path file, Optional<String> password) throws GeneralSecurityException {
        KeyStore store = StoreFile.load(file, password);
        boolean any = false;
        for (String alias : Collections.list(store.aliases())) {
            any |= store.getCertificate(alias) != null;
        }
        if (!any) {
            throw new IllegalArgumentException("it has no certificate to trust"
                    + (password.isEmpty() ? "; or it needs " + Setting.TRUST_STORE_PASSWORD.key() : ""));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] keys(Path file, Optional<String> password) throws GeneralSecurityException {
        KeyStore store = StoreFile.load(file, password);
        char[] opensKey = password.orElse("").toCharArray();
        boolean any = false;
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias)) {
                store.getKey(alias, opensKey); // fails if the password is not the key's
                any |= store.getCertificateChain(alias) != null;
            }
        }
        if (!any) {
            throw new IllegalArgumentException("it has no key with a certificate"
                    + (password.isEmpty() ? "; or it needs " + Setting.KEY_STORE_PASSWORD.key() : ""));
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, opensKey);
        return factory.getKeyManagers();
    }

    private interface Use<T> {
        T get() throws GeneralSecurityException;
    }

    private static <T> T use(Setting setting, Path file, Use<T> use) {
        String reason;
        Exception cause;
        try {
            return use.get();
        } catch (java.security.UnrecoverableKeyException e) {
            reason = "the password (" + setting.key() + "Password) is not the right one";
            cause = e;
        } catch (IllegalArgumentException e) {
            reason = e.getMessage();
            cause = e;
        } catch (GeneralSecurityException e) {
            reason = e.toString();
            cause = e;
        }
        throw new IllegalArgumentException(setting.key() + ": the file " + file + " cannot be used: " + reason, cause);
    }
}
