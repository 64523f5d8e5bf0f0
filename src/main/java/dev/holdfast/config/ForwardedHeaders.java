package dev.holdfast.config;

/** The fields that tell the upstream which client asked, for which host and by which protocol. */
public enum ForwardedHeaders {
    /** {@code X-Forwarded-For}, {@code X-Forwarded-Host} and {@code X-Forwarded-Proto}. */
    X_FORWARDED,
    /** {@code Forwarded} (RFC 7239). */
    FORWARDED,
    BOTH,
    NONE
}
