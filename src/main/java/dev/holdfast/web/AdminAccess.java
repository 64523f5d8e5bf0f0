package dev.holdfast.web;

import dev.holdfast.config.AddressRanges;
import dev.holdfast.config.AdminSettings;
import dev.holdfast.config.Printable;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Who may see how it is with the sites, and who may move them. Thread-safe. */
final class AdminAccess {
    private static final AddressRanges THIS_MACHINE = AddressRanges.parse("127.0.0.0/8, ::1");

    private static final Logger LOG = Logger.getLogger(AdminAccess.class.getName());
    private static final Pattern PORT = Pattern.compile(":[0-9]*$");

    private final AdminSettings settings;
    private final AtomicBoolean refusalIsLogged = new AtomicBoolean();

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
        return (THIS_MACHINE.contains(client) || settings.addresses().contains(client)) && isAskedByOurName(request);
    }

    /**
     * What is not asked by a browser need not say a name, as load balancers with HTTP/1.0 do not; and over TLS the browser has
     * seen that the name is ours. A proxy may have put its own name in the place of what the browser said.
     */
    private boolean isAskedByOurName(HttpServletRequest request) {
        if (request.isSecure()) {
            return true;
        }
        boolean saysNone =
                request.getHeader("Host") == null && request.getProtocol().startsWith("HTTP/1");
        Stream<String> said = saysNone ? Stream.empty() : Stream.ofNullable(request.getServerName());
        Stream<String> forwarded = Collections.list(request.getHeaders("X-Forwarded-Host")).stream()
                .flatMap(list -> Stream.of(list.split(",")))
                .map(host -> PORT.matcher(host.strip()).replaceFirst(""));
        Optional<String> strange = Stream.concat(said, forwarded)
                .filter(name -> !settings.hosts().contain(name))
                .findFirst();
        if (strange.isPresent() && !refusalIsLogged.getAndSet(true)) {
            LOG.warning(() ->
                    Printable.escaped(request.getRemoteAddr() + " may look, but not under the name " + strange.get()
                            + ", which may be a stranger's (DNS rebinding), unless adminHosts names it; said once"));
        }
        return strange.isEmpty();
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
