package dev.holdfast.web;

import jakarta.servlet.http.HttpServletRequest;

/**
 * What makes a request the same as one before: {@code Idempotency-Key} (draft-ietf-httpapi-idempotency-key-header), of the same
 * client, for the same thing.
 */
record Sameness(String client, String method, String target, String key) {
    /** Null where nothing says that it is the same; safe methods (RFC 9110, section 9.2.1) may run twice. */
    static Sameness of(HttpServletRequest request, String target, String client) {
        String key = request.getHeader("Idempotency-Key");
        if (key == null || key.isBlank()) {
            return null;
        }
        return switch (request.getMethod()) {
            case "GET", "HEAD", "OPTIONS", "TRACE" -> null;
            default -> new Sameness(client, request.getMethod(), target, key);
        };
    }
}
