package dev.holdfast.web;

import static dev.holdfast.web.AnswerBody.utf8;

import dev.holdfast.web.OwnAnswer.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** An {@link OwnAnswer} as a page: the operator's where there is one, else ours. */
final class AnswerPage {
    private static final String CONTENT_TYPE = "text/html;charset=UTF-8";

    private static final String STYLE = """
            :root{color-scheme:light dark}
            body{margin:0;min-height:100vh;display:grid;place-content:center;font:1.125rem/1.6 system-ui,sans-serif}
            main{max-width:32rem;padding:1.5rem}
            h1{font-size:1.75rem;line-height:1.2}
            p{white-space:pre-line;overflow-wrap:anywhere}
            """;
    private static final String POLICY = policy("");
    private static final String POLICY_WITH_SCRIPT =
            policy("script-src " + Html.source(WaitingPage.SCRIPT) + "; connect-src 'self'; ");

    /** The script may be kept from its work, by a policy that a proxy before us adds: then this has to do. */
    private static final int SLOW_REFRESH_SECONDS = 60;

    private AnswerPage() {}

    static AnswerBody of(OwnAnswer answer, String method) {
        String operators =
                answer.closed().flatMap(closed -> closed.operatorsPage().get()).orElse("");
        if (!operators.isEmpty()) {
            return new AnswerBody(CONTENT_TYPE, "", utf8(operators(operators, answer, method)));
        }
        String policy = answer.kind() == Kind.WAITING ? POLICY_WITH_SCRIPT : POLICY;
        return new AnswerBody(CONTENT_TYPE, policy, utf8(ours(answer, method)));
    }

    private static String ours(OwnAnswer answer, String method) {
        String title = answer.kind().title;
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="robots" content="noindex">
                %s<title>%s</title>
                <style>%s</style>
                </head>
                <body>
                <main>
                <h1>%s</h1>
                <p>%s%s</p>
                <p>%s</p>
                </main>
                %s</body>
                </html>
                """.formatted(
                        refresh(answer, method),
                        title,
                        STYLE,
                        title,
                        Html.escape(answer.text()),
                        answer.kind() == Kind.WAITING ? lasted(answer) : "",
                        advice(answer, method),
                        script(answer));
    }

    /** What makes it come back is put behind the end: there it does no harm to the operator's markup, and works as well. */
    private static String operators(String page, OwnAnswer answer, String method) {
        Duration closedFor = closedFor(answer);
        Map<String, String> values = Map.of(
                "message", Html.escape(answer.text()),
                "advice", Html.escape(advice(answer, method)),
                "since", since(closedFor),
                "seconds", Long.toString(closedFor.toSeconds()));
        return Placeholders.replace(page, values) + refresh(answer, method) + script(answer);
    }

    private static String lasted(OwnAnswer answer) {
        Duration closedFor = closedFor(answer);
        String since = since(closedFor);
        return "\nIt has been so since <time class=\"holdfast-since\" datetime=\"" + since + "\">" + since
                + "</time>, for <span class=\"holdfast-seconds\">" + closedFor.toSeconds() + "</span> s.";
    }

    private static Duration closedFor(OwnAnswer answer) {
        return answer.closed().map(closed -> closed.closedFor().get()).orElse(Duration.ZERO);
    }

    private static String since(Duration closedFor) {
        return Instant.now().minus(closedFor).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String advice(OwnAnswer answer, String method) {
        if (!answer.reloadsByItself(method)) {
            return answer.advice(method);
        }
        return answer.kind() == Kind.WAITING
                ? "This page goes on by itself as soon as the site is back."
                : "This page tries again by itself in " + answer.retryAfterSeconds() + " s.";
    }

    /** Of several, a browser goes by the first. */
    private static String refresh(OwnAnswer answer, String method) {
        if (!answer.reloadsByItself(method)) {
            return "";
        }
        String soon = refresh(answer.retryAfterSeconds());
        return answer.kind() == Kind.WAITING
                ? "<noscript>" + soon + "</noscript>\n" + refresh(SLOW_REFRESH_SECONDS) + "\n"
                : soon + "\n";
    }

    private static String refresh(long seconds) {
        return "<meta http-equiv=\"refresh\" content=\"" + seconds + "\">";
    }

    private static String script(OwnAnswer answer) {
        return answer.kind() == Kind.WAITING ? "<script>" + WaitingPage.SCRIPT + "</script>\n" : "";
    }

    private static String policy(String more) {
        return "default-src 'none'; style-src " + Html.source(STYLE) + "; " + more
                + "base-uri 'none'; form-action 'none'";
    }
}
