package dev.holdfast.web;

import dev.holdfast.proxy.Upstream;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Forwards every request to the upstream, whatever its method, and passes the answer back. Needs {@code async-supported}. Its
 * name is the name of its site.
 */
public final class ProxyServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private transient Site site;
    private transient Upstream upstream;

    @Override
    public void init() throws ServletException {
        site = Sites.of(getServletContext()).site(getServletName());
        upstream = site.upstream();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Visit visit = visit(request);
        Step step = visit.takeStep();
        if (step != null) { // no filter before us
            site.answers().conclude(step, request, response);
            return;
        }
        try {
            Upstream.check(request, visit.target());
        } catch (IllegalArgumentException notHttp) {
            if (visit.passage() != null) {
                visit.passage().end(); // before the filter sees our answer, which says nothing of the site
            }
            Answers.badRequest(notHttp.getMessage(), request, response);
            return;
        }
        if (Upstream.isBodyTaken(request, GivenOut.bytes(request))) {
            Answers.bodyTaken(request, response);
            return;
        }
        AsyncContext context = request.startAsync(request, response);
        context.setTimeout(0); // responseTimeout counts the upstream's silence, and nothing else
        visit.take();
        ProxiedVisit proxied = new ProxiedVisit(site, visit, context);
        try {
            upstream.exchange(visit.target(), visit.heldMillis(), context, request, response, proxied);
        } catch (IOException | RuntimeException | Error e) {
            proxied.upstreamDone();
            throw e;
        }
    }

    private Visit visit(HttpServletRequest request) {
        if (request.getAttribute(site.attribute()) instanceof Visit visit) {
            return visit;
        }
        Visit visit = Visit.of(request, request.getQueryString(), site.gate().now());
        request.setAttribute(site.attribute(), visit);
        return visit;
    }
}
