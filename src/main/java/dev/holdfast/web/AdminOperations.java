package dev.holdfast.web;

import dev.holdfast.balance.SwitchFile;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;

/** Moves the balance file of a site, for one who may. */
final class AdminOperations {
    private final AdminAccess access;
    private final List<Site> sites;

    AdminOperations(AdminAccess access, List<Site> sites) {
        this.access = access;
        this.sites = sites;
    }

    void move(String below, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        if (!access.isOurPage(request) || !access.hasOperators()) {
            AdminFilter.send(request, response, HttpServletResponse.SC_FORBIDDEN, "text/plain", "You may only look.\n");
            return;
        }
        if (!access.isSignedIn(request) && !request.authenticate(response)) {
            return; // the container asks for it
        }
        if (!access.isOperator(request)) {
            AdminFilter.send(request, response, HttpServletResponse.SC_FORBIDDEN, "text/plain", "You may only look.\n");
            return;
        }
        String name = request.getParameter("site");
        Site site = sites.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElse(null);
        if (site == null) {
            AdminFilter.send(
                    request, response, HttpServletResponse.SC_NOT_FOUND, "text/plain", "There is no such site.\n");
        } else {
            move(below, site.switchFile(), request, response);
        }
    }

    private static void move(String below, SwitchFile file, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        try {
            String done = switch (below) {
                case "/hold" -> file.hold();
                case "/release" -> file.release(null);
                case "/refuse" -> file.refuse(String.valueOf(request.getParameter("message")));
                default -> null;
            };
            AdminFilter.send(
                    request,
                    response,
                    done == null ? HttpServletResponse.SC_NOT_FOUND : HttpServletResponse.SC_OK,
                    "text/plain",
                    done == null ? "There is no such operation.\n" : done + "\n");
        } catch (IOException e) {
            AdminFilter.send(request, response, HttpServletResponse.SC_CONFLICT, "text/plain", e.getMessage() + "\n");
        }
    }
}
