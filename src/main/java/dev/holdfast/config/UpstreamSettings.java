package dev.holdfast.config;

import java.time.Duration;

/**
 * Where the site is and how it is talked to.
 *
 * @param connectTimeout positive; longest wait for a connection
 * @param responseTimeout positive; longest wait for the upstream to answer
 * @param clientTimeout positive; longest wait for the client to take or to send something
 * @param maxConnections at least 1
 */
public record UpstreamSettings(
        UpstreamAddress address,
        Duration connectTimeout,
        Duration responseTimeout,
        Duration clientTimeout,
        int maxConnections,
        TlsSettings tls) {
    public UpstreamSettings {
        Ranges.positive("connectTimeout", connectTimeout);
        Ranges.positive("responseTimeout", responseTimeout);
        Ranges.positive("clientTimeout", clientTimeout);
        Ranges.atLeast("maxConnections", maxConnections, 1);
    }
}
