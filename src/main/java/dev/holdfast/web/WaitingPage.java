package dev.holdfast.web;

import dev.holdfast.gate.Gate;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;

/** Who is given the waiting page instead of waiting on, and how that page learns that the gate is open. Thread-safe. */
final class WaitingPage {
    private static final String POLL = "?holdfast-poll";

    /** The field of the answer to a poll. */
    private static final String STATE = "Holdfast-Gate";

    /**
     * Counts the seconds, and asks after the gate: each second at first, later each five, never all at the same time. Any
     * answer but "closed" and a proxy's 5xx means that the page is to be loaded again; no answer means nothing.
     */
    static final String SCRIPT = """
            (()=>{
            const began=Date.now(),waited=()=>Math.floor((Date.now()-began)/1000),all=s=>document.querySelectorAll(s);
            all('time.holdfast-since').forEach(e=>e.textContent=new Date(e.dateTime).toLocaleTimeString());
            const counters=[...all('.holdfast-seconds')].map(e=>[e,Number(e.textContent)]);
            setInterval(()=>counters.forEach(([e,s])=>e.textContent=s+waited()),1000);
            const later=()=>setTimeout(ask,(1000+Math.min(4000,50*waited()))*(.5+Math.random()));
            const ask=()=>fetch('?holdfast-poll',{cache:'no-store',redirect:'manual'}).then(
            a=>a.headers.get('Holdfast-Gate')==='closed'||a.status>=500?later():location.reload(),later);
            later()})()
            """;

    private final Gate gate;
    private final Optional<Duration> after;
    private final boolean shown;

    /** @param after when; empty for never */
    WaitingPage(Gate gate, Optional<Duration> after) {
        this.gate = gate;
        this.after = after;
        this.shown = after.isPresent();
    }

    /**
     * How long the client of a held request waits without the page; empty where it has none to show, or could not ask for the
     * same once more: only a browser's whole page is known for certain to be seen by somebody (Fetch Metadata, sections 2.1 and 2.2).
     */
    Optional<Duration> patience(HttpServletRequest request) {
        return shown
                        && request.getMethod().equals("GET")
                        && "navigate".equals(request.getHeader("Sec-Fetch-Mode"))
                        && "document".equals(request.getHeader("Sec-Fetch-Dest"))
                        && AnswerBody.prefersPage(Collections.list(request.getHeaders("Accept")))
                ? after
                : Optional.empty();
    }

    /** Whether the page asks after the gate: with this query, of whatever path it has. It is neither held nor forwarded. */
    boolean isPoll(String method, String target) {
        return shown
                && target.endsWith(POLL)
                && target.indexOf('?') == target.length() - POLL.length()
                && method.equals("GET");
    }

    /** With 204 always, since a container closes the connection after a 503. */
    void answerPoll(HttpServletResponse response) {
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader(STATE, gate.isHolding() ? "closed" : "open");
    }
}
