package dev.holdfast.web;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * How an {@link OwnAnswer} looks: a page for a browser, a problem detail (RFC 9457) for everybody else.
 *
 * @param securityPolicy Content-Security-Policy, empty for what is no page of ours
 */
record AnswerBody(String contentType, String securityPolicy, byte[] bytes) {
    /** The body for a request with this method and these values of its {@code Accept} fields. */
    static AnswerBody of(OwnAnswer answer, String method, List<String> accept) {
        return prefersPage(accept)
                ? AnswerPage.of(answer, method)
                : new AnswerBody("application/problem+json", "", utf8(problem(answer, method)));
    }

    /** Whether HTML is asked for by name, as browsers do, and JSON not rather. */
    static boolean prefersPage(List<String> accept) {
        double html = quality(accept, "text/html");
        return html > 0
                && html >= quality(accept, "application/json")
                && html >= quality(accept, "application/problem+json");
    }

    /** The weight (RFC 9110 §12.4.2) of exactly this type; 0 where it is not named or its weight is no number. */
    private static double quality(List<String> accept, String type) {
        double best = 0;
        for (String range : String.join(",", accept).toLowerCase(Locale.ROOT).split(",")) {
            String[] parts = range.split(";", -1);
            if (parts[0].trim().equals(type)) {
                double weight = 1;
                for (int i = 1; i < parts.length; i++) {
                    String parameter = parts[i].trim();
                    weight = parameter.startsWith("q=") ? number(parameter.substring(2)) : weight;
                }
                best = Math.max(best, weight);
            }
        }
        return best;
    }

    private static double number(String text) {
        return text.matches("[01](\\.\\d{0,3})?") ? Double.parseDouble(text) : 0;
    }

    private static String problem(OwnAnswer answer, String method) {
        int status = answer.kind().status;
        String title = switch (status) {
            case 400 -> "Bad Request";
            case 502 -> "Bad Gateway";
            case 504 -> "Gateway Timeout";
            default -> "Service Unavailable";
        };
        String forwarded = answer.kind().forwarded.name().toLowerCase(Locale.ROOT);
        String detail = (answer.text() + " " + answer.advice(method)).trim();
        return "{\"type\":\"about:blank\",\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\""
                + json(detail) + "\",\"forwarded\":\"" + forwarded + "\"}";
    }

    private static String json(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                escaped.append('\\').append((char) c);
            } else if (c < ' ') {
                escaped.append("\\u%04x".formatted(c));
            } else {
                escaped.append((char) c);
            }
        });
        return escaped.toString();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
