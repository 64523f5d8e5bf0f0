package dev.holdfast.config;

/**
 * What the upstream is told about the client.
 *
 * @param preserveHost whether the upstream sees the {@code Host} that the client sent, instead of its own
 * @param trustedProxies whose forwarded fields are kept and appended to; those of others are replaced
 */
public record ForwardingSettings(
        boolean preserveHost, ForwardedHeaders forwardedHeaders, AddressRanges trustedProxies) {}
