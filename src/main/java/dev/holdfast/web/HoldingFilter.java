package dev.holdfast.web;

import dev.holdfast.gate.Gate;
import dev.holdfast.gate.Passage;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Lets requests pass while the gate is open, and holds them, without a thread, while it is closed. Stands before
 * {@link ProxyServlet}, or before a site of the same context. To be mapped for the dispatcher types REQUEST and ASYNC, with
 * {@code async-supported}. Its name is the name of its site.
 */
public final class HoldingFilter extends HttpFilter {
    private static final long serialVersionUID = 1;

    /** For the access log: {@code %{holdfast.heldMillis}r}. */
    private static final String HELD_MILLIS = "holdfast.heldMillis";

    private transient Site site;
    private transient Gate gate;

    @Override
    public void init(FilterConfig config) throws ServletException {
        site = Sites.of(config.getServletContext()).site(config.getFilterName());
        gate = site.gate();
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getDispatcherType() == DispatcherType.ASYNC
                && request.getAttribute(site.attribute()) instanceof Visit visit) {
            goOn(visit, request, response, chain);
            return;
        }
        long arrival = gate.now();
        Visit visit = Visit.of(request, arrival);
        request.setAttribute(site.attribute(), visit);
        if (site.waitingPage().isPoll(visit.method(), visit.target())) {
            site.waitingPage().answerPoll(response);
            return;
        }
        Passage passage = gate.tryPass(arrival);
        if (passage != null) {
            pass(visit, passage, request, response, chain);
        } else {
            HeldClient client = wait(visit, request, response);
            String address = site.clientAddress(request);
            client.isHeld(gate.hold(client, arrival, address, Sameness.of(request, visit.target(), address)));
        }
    }

    /** The container has it again. */
    private void goOn(Visit visit, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Step step = visit.takeStep();
        if (step instanceof Step.Released || step instanceof Step.TurnedAway) {
            request.setAttribute(HELD_MILLIS, (gate.now() - visit.arrivalNanos()) / 1_000_000);
        }
        if (step == null) {
            chain.doFilter(request, response); // a dispatch of the site's own, within its passage
        } else if (step instanceof Step.Released released) {
            if (released.passage().mayGoOn()) {
                pass(visit, released.passage(), request, response, chain);
            } else {
                holdAgain(visit, released.passage(), request, response);
            }
        } else if (step instanceof Step.HoldAgain) {
            holdAgain(visit, visit.passage(), request, response);
        } else {
            site.answers().conclude(step, request, response);
        }
    }

    private void pass(
            Visit visit, Passage passage, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        visit.pass(passage);
        passage.listAs(visit);
        try {
            chain.doFilter(request, response);
        } finally {
            if (!visit.isTaken()) {
                endWhenDone(passage, request, response);
            }
        }
    }

    private void holdAgain(Visit visit, Passage passage, HttpServletRequest request, HttpServletResponse response) {
        try {
            HeldClient client = wait(visit, request, response);
            String address = site.clientAddress(request);
            client.isHeld(gate.holdAgain(passage, client, address, Sameness.of(request, visit.target(), address)));
        } catch (RuntimeException e) {
            passage.end();
            throw e;
        }
    }

    private HeldClient wait(Visit visit, HttpServletRequest request, HttpServletResponse response) {
        AsyncContext context = request.startAsync(request, response);
        context.setTimeout(0); // the gate has the only clock that counts
        return new HeldClient(site, visit, context);
    }

    /** Behind us is not our servlet but a site of its own. */
    private static void endWhenDone(Passage passage, HttpServletRequest request, HttpServletResponse response) {
        EndOfPassage end = new EndOfPassage(passage, response);
        if (request.isAsyncStarted()) {
            request.getAsyncContext().addListener(end);
        } else {
            end.onComplete(null);
        }
    }

    private record EndOfPassage(Passage passage, HttpServletResponse response) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            Visit.answered(passage, response.getStatus());
            passage.end();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // The site's own affair; onComplete follows.
        }

        @Override
        public void onError(AsyncEvent event) {
            // As above.
        }
    }
}
