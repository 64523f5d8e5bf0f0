package dev.holdfast.config;

import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * TLS to the upstream.
 *
 * @param context whom to trust, and with what to authenticate; initialized
 * @param name for which the upstream's certificate must be valid; empty for the host of its address
 */
public record TlsSettings(SSLContext context, Optional<String> name) {}
