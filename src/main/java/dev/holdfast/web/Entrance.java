package dev.holdfast.web;

import dev.holdfast.config.AddressRanges;
import dev.holdfast.config.ExemptPaths;
import dev.holdfast.config.HoldMethods;
import dev.holdfast.config.PassSettings;
import dev.holdfast.proxy.OverrideFields;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** Tells apart whose request does not wait at the closed gate. In doubt it waits. Immutable. */
final class Entrance {
    enum Exemption {
        NONE,
        /** Whatever comes. */
        PATH,
        /** While only an operator keeps the gate closed. */
        METHOD
    }

    private final ExemptPaths exemptPaths;
    private final HoldMethods holdMethods;
    private final boolean exempts;
    private final String healthPath; // null: none
    private final Bypass bypass;

    Entrance(PassSettings settings, AddressRanges trustedProxies) {
        exemptPaths = settings.exemptPaths();
        holdMethods = settings.holdMethods();
        exempts = !exemptPaths.areNone() || !holdMethods.areAll();
        healthPath = settings.healthPath().orElse(null);
        bypass = new Bypass(settings.bypassSecret(), settings.bypassAddresses(), trustedProxies);
    }

    Bypass bypass() {
        return bypass;
    }

    /** Asked of every request, so that no drain waits for one that would not be held. */
    Exemption exemption(HttpServletRequest request) {
        if (!exempts) {
            return Exemption.NONE;
        }
        if (exemptPaths.contain(request.getRequestURI()) && !OverrideFields.namePath(request)) {
            return Exemption.PATH;
        }
        boolean held = holdMethods.contain(request.getMethod())
                || request.getHeader("Upgrade") != null // a WebSocket begins with GET, and may write
                || OverrideFields.nameMethod(request);
        return held ? Exemption.NONE : Exemption.METHOD;
    }

    /** Asked of a request that would be held. */
    boolean isHealthCheck(HttpServletRequest request) {
        return healthPath != null && healthPath.equals(request.getRequestURI()) && isBareGet(request);
    }

    /** That Holdfast is well. A site that is held is not to lose its load balancer. */
    static void answerHealthCheck(HttpServletResponse response) {
        response.setStatus(HttpServletResponse.SC_OK);
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(0); // so there is nothing to write, which could wait for the client
    }

    /** Or HEAD. One with a body would have to be read before we answer. */
    static boolean isBareGet(HttpServletRequest request) {
        String method = request.getMethod();
        return (method.equals("GET") || method.equals("HEAD"))
                && request.getContentLengthLong() <= 0
                && request.getHeader("Transfer-Encoding") == null;
    }
}
