package dev.holdfast.web;

import dev.holdfast.config.AddressRanges;
import dev.holdfast.config.AdminSettings;
import jakarta.servlet.http.HttpServletRequest;

/** Who may see how it is with the sites, and who may move them. Thread-safe. */
final class AdminAccess {
    private static final AddressRanges THIS_MACHINE = AddressRanges.parse("127.0.0.0/8, ::1");

    private final AdminSettings settings;

    AdminAccess(AdminSettings settings) {
        this.settings = settings;
    }

    /**
     * A request through a proxy counts as its client's only where that proxy is trusted, and says whose it is in
     * {@code X-Forwarded-For}: a proxy on this machine would open the page to everybody.
     */
    boolean mayLook(HttpServletRequest request) {
        String client = request.getRemoteAddr();
        if (ClientAddress.isForwarded(request)) {
            if (!settings.trustedProxies().contains(client) || request.getHeader("X-Forwarded-For") == null) {
                return false;
            }
            client = ClientAddress.of(request, settings.trustedProxies());
        }
        return THIS_MACHINE.contains(client) || settings.addresses().contains(client);
    }

    /**
     * It was our own page that asked, or a program: a field of this name keeps the pages of other sites out, which a browser
     * lets send it only if we allow it (Fetch standard, CORS-preflight).
     */
    boolean isOurPage(HttpServletRequest request) {
        String from = request.getHeader("Sec-Fetch-Site");
        return request.getHeader("Holdfast-Operation") != null && (from == null || from.equals("same-origin"));
    }

    /** The container says that the user has the role. */
    boolean isOperator(HttpServletRequest request) {
        return settings.operatorRole().filter(request::isUserInRole).isPresent();
    }

    boolean isSignedIn(HttpServletRequest request) {
        return request.getUserPrincipal() != null;
    }

    /** Whether anybody at all may. */
    boolean hasOperators() {
        return settings.operatorRole().isPresent();
    }
}
