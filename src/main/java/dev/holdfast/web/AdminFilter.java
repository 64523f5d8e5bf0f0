package dev.holdfast.web;

import dev.holdfast.config.Json;
import dev.holdfast.status.Metrics;
import dev.holdfast.status.SiteStatus;
import dev.holdfast.web.AdminPage.Viewer;
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
    private final transient AdminOperations operations;

    AdminFilter(String path, AdminAccess access, List<Site> sites) {
        this.path = path;
        this.access = access;
        this.sites = sites;
        this.statuses = sites.stream().map(Site::status).toList();
        this.events = new AdminEvents(this::now);
        this.operations = new AdminOperations(access, sites);
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
            operations.move(below, request, response);
        } else if (request.getMethod().equals("GET") || request.getMethod().equals("HEAD")) {
            show(below, request, response);
        } else {
            response.setHeader("Allow", "GET, HEAD, POST");
            send(
                    request,
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

    private void show(String below, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        switch (below) {
            case "" -> response.sendRedirect(request.getRequestURI() + "/");
            case "/" -> page(request, response);
            case "/login" -> login(request, response);
            case "/status" -> send(request, response, HttpServletResponse.SC_OK, "application/json", now());
            case "/events" -> events.tell(request, response);
            case "/metrics" -> {
                Metrics metrics = new Metrics(request.getHeader("Accept"));
                ByteArrayOutputStream text = new ByteArrayOutputStream();
                metrics.write(text, statuses);
                send(
                        request,
                        response,
                        HttpServletResponse.SC_OK,
                        metrics.contentType(),
                        text.toString(StandardCharsets.UTF_8));
            }
            case "/live" -> send(request, response, HttpServletResponse.SC_OK, "text/plain", "alive\n");
            case "/ready" -> ready(request, response);
            default ->
                send(request, response, HttpServletResponse.SC_NOT_FOUND, "text/plain", "There is no such page.\n");
        }
    }

    /** What is true of the sites now, in a line of JSON. */
    private String now() {
        return Json.line(statuses.stream().map(SiteStatus::now).toList());
    }

    /** Also while it holds: to hold is what it is there for. */
    private void ready(HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean stopping = sites.stream().anyMatch(Site::isStopping);
        int status = stopping ? HttpServletResponse.SC_SERVICE_UNAVAILABLE : HttpServletResponse.SC_OK;
        send(request, response, status, "text/plain", stopping ? "stopping\n" : "ready\n");
    }

    /** A container asks only where there is a security constraint, and ours has none, so that strangers see none. */
    private void page(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
        boolean tellsWho = access.hasOperators() && request.getHeader("Authorization") != null;
        if (tellsWho && !access.isSignedIn(request) && !request.authenticate(response)) {
            return; // it is wrong
        }
        Viewer viewer = !access.hasOperators()
                ? Viewer.ANYBODY
                : !access.isSignedIn(request)
                        ? Viewer.UNKNOWN
                        : access.isOperator(request) ? Viewer.OPERATOR : Viewer.USER;
        String user = access.isSignedIn(request) ? request.getUserPrincipal().getName() : "";
        response.setHeader("Content-Security-Policy", AdminPage.POLICY);
        response.setHeader("Referrer-Policy", "no-referrer");
        String html = AdminPage.of(statuses.stream().map(SiteStatus::now).toList(), viewer, user);
        send(request, response, HttpServletResponse.SC_OK, "text/html", html);
    }

    private void login(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
        if (!access.hasOperators()) {
            send(request, response, HttpServletResponse.SC_NOT_FOUND, "text/plain", "There are no operators.\n");
        } else if (access.isSignedIn(request) || request.authenticate(response)) {
            response.sendRedirect(request.getContextPath() + path + "/");
        }
    }

    static void send(HttpServletRequest request, HttpServletResponse response, int status, String type, String text)
            throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType(type);
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        AnswerWriter.write(bytes, request, response); // a viewer who does not read has no thread
    }

    /** Nobody is told any more how it goes on. */
    void endEvents() {
        events.close();
    }

    @Override
    public void destroy() {
        endEvents();
    }
}
