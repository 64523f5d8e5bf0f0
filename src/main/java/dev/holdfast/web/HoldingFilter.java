package dev.holdfast.web;

import dev.holdfast.gate.Gate;
import dev.holdfast.gate.Outcome;
import dev.holdfast.gate.Passage;
import jakarta.servlet.AsyncContext;
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

    private transient Site site;
    private transient Gate gate;
    private transient Entrance entrance;

    @Override
    public void init(FilterConfig config) throws ServletException {
        site = Sites.of(config.getServletContext()).site(config.getFilterName());
        gate = site.gate();
        entrance = site.entrance();
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getDispatcherType() == DispatcherType.ASYNC
                && request.getAttribute(site.attribute()) instanceof Visit visit) {
            goOn(visit, request, response, chain);
            return;
        }
        String query = request.getQueryString();
        if (entrance.bypass().isNamedIn(query)) {
            if (Entrance.isBareGet(request)) {
                entrance.bypass().answerVisit(request, response);
                return;
            }
            query = Bypass.removedFrom(query);
        }
        Visit visit = Visit.of(request, query, gate.now());
        request.setAttribute(site.attribute(), visit);
        if (site.waitingPage().isPoll(visit.method(), visit.target())) {
            site.waitingPage().answerPoll(response);
            return;
        }
        enter(visit, request, response, chain);
    }

    private void enter(Visit visit, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (isExempt(visit, request)) {
            chain.doFilter(request, response);
            return;
        }
        Passage passage = gate.tryPass(visit.arrivalNanos());
        if (passage != null) {
            pass(visit, passage, request, response, chain);
        } else if (site.isStopping()) {
            hold(visit, request, response); // to be turned away
        } else if (entrance.bypass().isOpenTo(request)) {
            AccessLog.notHeld(request, AccessLog.BYPASS);
            chain.doFilter(request, response);
        } else if (entrance.isHealthCheck(request)) {
            answerHealthCheck(request, response);
        } else {
            hold(visit, request, response);
        }
    }

    private boolean isExempt(Visit visit, HttpServletRequest request) {
        Entrance.Exemption exemption = entrance.exemption(request);
        if (exemption == Entrance.Exemption.NONE
                || exemption == Entrance.Exemption.PATH && site.isStopping()
                || exemption == Entrance.Exemption.METHOD && gate.isShutForEverybody()) {
            return false;
        }
        if (exemption == Entrance.Exemption.METHOD) {
            visit.mayBeHeld();
        }
        if (gate.isShut()) {
            AccessLog.notHeld(request, AccessLog.EXEMPT);
        }
        return true;
    }

    /** The container has it again. */
    private void goOn(Visit visit, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Step step = visit.takeStep();
        if (step instanceof Step.Released) {
            visit.held(noteHold(visit, Outcome.RELEASED, request));
        } else if (step instanceof Step.TurnedAway away) {
            noteHold(visit, away.outcome(), request);
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

    /** Returns how many milliseconds. */
    private long noteHold(Visit visit, Outcome outcome, HttpServletRequest request) {
        long millis = (gate.now() - visit.arrivalNanos()) / 1_000_000;
        AccessLog.held(request, millis, outcome);
        return millis;
    }

    private static void answerHealthCheck(HttpServletRequest request, HttpServletResponse response) {
        AccessLog.notHeld(request, AccessLog.HEALTH);
        Entrance.answerHealthCheck(response);
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

    private void hold(Visit visit, HttpServletRequest request, HttpServletResponse response) {
        HeldClient client = wait(visit, request, response);
        String address = site.clientAddress(request);
        client.isHeld(gate.hold(client, visit.arrivalNanos(), address, Sameness.of(request, visit.target(), address)));
    }

    private void holdAgain(Visit visit, Passage passage, HttpServletRequest request, HttpServletResponse response) {
        if (passage == null) { // it passed beside the gate, and found no upstream
            hold(visit, request, response);
            return;
        }
        if (!site.isStopping() && entrance.isHealthCheck(request)) {
            passage.end();
            answerHealthCheck(request, response);
            return;
        }
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
}
