package dev.holdfast.web;

import dev.holdfast.balance.SwitchFile;
import dev.holdfast.config.Json;
import dev.holdfast.status.Metrics;
import dev.holdfast.status.SiteStatus;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Shows how it is with the sites, under {@code adminPath}, and moves them, to whom it may concern. Everybody else gets what the
 * site itself answers there, so that the path gives nothing away. Only the path as it is written in the settings counts:
 * what a container makes the same of it ({@code //}, {@code ;x}, {@code %2e}) may look different to others.
 */
final class AdminFilter extends HttpFilter {
    private static final long serialVersionUID = 1;

    private final transient String path;
    private final transient AdminAccess access;
    private final transient List<Site> sites;
    private final transient List<SiteStatus> statuses;
    private final transient AdminEvents events;

    AdminFilter(String path, AdminAccess access, List<Site> sites) {
        this.path = path;
        this.access = access;
        this.sites = sites;
        this.statuses = sites.stream().map(Site::status).toList();
        this.events = new AdminEvents(statuses);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String below = below(request);
        if (below == null) {
            chain.doFilter(request, response);
        } else if (request.getDispatcherType() == DispatcherType.ASYNC) {
            if (below.equals("/events") && response.isCommitted()) {
                events.tell(request, response);
            } else {
                chain.doFilter(request, response);
            }
        } else if (!access.mayLook(request)) {
            chain.doFilter(request, response);
        } else if (request.getMethod().equals("POST")) {
            move(below, request, response);
        } else if (request.getMethod().equals("GET") || request.getMethod().equals("HEAD")) {
            show(below, request, response);
        } else {
            response.setHeader("Allow", "GET, HEAD, POST");
            send(
                    response,
                    HttpServletResponse.SC_METHOD_NOT_ALLOWED,
                    "text/plain",
                    "Allowed are GET, HEAD and POST.\n");
        }
    }

    /** What follows the path, as it was sent: empty, or beginning with a slash; null where it is another path. */
    private String below(HttpServletRequest request) {
        String uri = request.getRequestURI();
        String whole = request.getContextPath() + path;
        return uri.startsWith(whole) && (uri.length() == whole.length() || uri.charAt(whole.length()) == '/')
                ? uri.substring(whole.length())
                : null;
    }

    private void show(String below, HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (below) {
            case "" -> response.sendRedirect(request.getRequestURI() + "/");
            case "/status" ->
                send(
                        response,
                        HttpServletResponse.SC_OK,
                        "application/json",
                        Json.line(statuses.stream().map(SiteStatus::now).toList()));
            case "/events" -> events.tell(request, response);
            case "/metrics" -> {
                Metrics metrics = new Metrics(request.getHeader("Accept"));
                ByteArrayOutputStream text = new ByteArrayOutputStream();
                metrics.write(text, statuses);
                send(response, HttpServletResponse.SC_OK, metrics.contentType(), text.toString(StandardCharsets.UTF_8));
            }
            case "/live" -> send(response, HttpServletResponse.SC_OK, "text/plain", "alive\n");
            case "/ready" -> ready(response);
            default -> send(response, HttpServletResponse.SC_NOT_FOUND, "text/plain", "There is no such page.\n");
        }
    }

    /** Also while it holds: to hold is what it is there for. */
    private void ready(HttpServletResponse response) throws IOException {
        boolean stopping = sites.stream().anyMatch(Site::isStopping);
        int status = stopping ? HttpServletResponse.SC_SERVICE_UNAVAILABLE : HttpServletResponse.SC_OK;
        send(response, status, "text/plain", stopping ? "stopping\n" : "ready\n");
    }

    private void move(String below, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!access.mayMove(request)) {
            send(response, HttpServletResponse.SC_FORBIDDEN, "text/plain", "You may only look.\n");
            return;
        }
        String name = request.getParameter("site");
        Site site = sites.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElse(null);
        if (site == null) {
            send(response, HttpServletResponse.SC_NOT_FOUND, "text/plain", "There is no such site.\n");
            return;
        }
        SwitchFile file = site.switchFile();
        try {
            String done = switch (below) {
                case "/hold" -> file.hold();
                case "/release" -> file.release(null);
                case "/refuse" -> file.refuse(String.valueOf(request.getParameter("message")));
                default -> null;
            };
            send(
                    response,
                    done == null ? HttpServletResponse.SC_NOT_FOUND : HttpServletResponse.SC_OK,
                    "text/plain",
                    done == null ? "There is no such operation.\n" : done + "\n");
        } catch (IOException e) {
            send(response, HttpServletResponse.SC_CONFLICT, "text/plain", e.getMessage() + "\n");
        }
    }

    private static void send(HttpServletResponse response, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType(type);
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    @Override
    public void destroy() {
        events.close();
    }
}
