package dev.holdfast.web;

import dev.holdfast.config.AddressRanges;
import dev.holdfast.config.BypassSecret;
import dev.holdfast.config.ExemptPaths;
import dev.holdfast.proxy.BypassFields;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Who may pass the closed gate: whoever says the secret, has the cookie that one visit with {@code ?holdfast-bypass=} and the
 * secret gives, or comes from one of the addresses. Immutable.
 */
final class Bypass {
    private static final String PARAMETER = "holdfast-bypass";

    private final BypassSecret secret;
    private final AddressRanges addresses;
    private final AddressRanges trustedProxies;

    Bypass(BypassSecret secret, AddressRanges addresses, AddressRanges trustedProxies) {
        this.secret = secret;
        this.addresses = addresses;
        this.trustedProxies = trustedProxies;
    }

    /** Asked of a request that would be held. */
    boolean isOpenTo(HttpServletRequest request) {
        if (!secret.isNone()
                && (secret.is(request.getHeader(BypassFields.HEADER))
                        || secret.isToken(BypassFields.cookie(request.getHeader("Cookie"))))) {
            return true;
        }
        return !addresses.isEmpty() && comesFromThem(request);
    }

    /** A proxy that has not said who its client is, or is not to be believed, may speak for anybody. */
    private boolean comesFromThem(HttpServletRequest request) {
        String address = ClientAddress.of(request, trustedProxies);
        return addresses.contains(address)
                && !trustedProxies.contains(address)
                && (trustedProxies.contains(request.getRemoteAddr()) || !ClientAddress.isForwarded(request));
    }

    /** Whether the query says the secret, or tries to; then it must not get further. */
    boolean isNamedIn(String query) {
        return !secret.isNone() && query != null && query.contains(PARAMETER) && parameter(query) != null;
    }

    /** The query without it; null if nothing is left. */
    static String removedFrom(String query) {
        String others = Arrays.stream(query.split("&", -1))
                .filter(part -> !isParameter(part))
                .collect(Collectors.joining("&"));
        return others.isEmpty() ? null : others;
    }

    /**
     * Answers a visit that says the secret: with the cookie, if it is right, and the way to the same page without it. Without a value
     * the cookie is taken back.
     */
    void answerVisit(HttpServletRequest request, HttpServletResponse response) {
        String said = parameter(request.getQueryString());
        if (secret.is(said)) {
            setCookie(secret.token(), "", request, response);
            AccessLog.leaveOut(request);
        } else if (said.isEmpty()) {
            setCookie("", "; Max-Age=0", request, response);
        }
        response.setStatus(HttpServletResponse.SC_FOUND);
        response.setHeader("Location", withoutIt(request));
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setContentLength(0);
    }

    /** Relative, and nothing that a browser could take for another host, such as {@code //other} or <code>/\other</code>. */
    private static String withoutIt(HttpServletRequest request) {
        String query = removedFrom(request.getQueryString());
        if (query != null) {
            return "?" + query;
        }
        String path = request.getRequestURI();
        return ExemptPaths.isPlain(path) ? path : "?";
    }

    private void setCookie(String value, String end, HttpServletRequest request, HttpServletResponse response) {
        String path = request.getServletContext().getContextPath();
        response.addHeader(
                "Set-Cookie",
                BypassFields.COOKIE + "=" + value + "; Path=" + (path.isEmpty() ? "/" : path)
                        + "; HttpOnly; SameSite=Lax" + (isHttps(request) ? "; Secure" : "") + end);
    }

    private boolean isHttps(HttpServletRequest request) {
        return request.isSecure()
                || trustedProxies.contains(request.getRemoteAddr())
                        && "https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto"));
    }

    private static String parameter(String query) {
        for (String part : query.split("&")) {
            if (isParameter(part)) {
                return part.length() > PARAMETER.length() ? part.substring(PARAMETER.length() + 1) : "";
            }
        }
        return null;
    }

    private static boolean isParameter(String part) {
        return part.startsWith(PARAMETER)
                && (part.length() == PARAMETER.length() || part.charAt(PARAMETER.length()) == '=');
    }
}
