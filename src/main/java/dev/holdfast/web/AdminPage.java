package dev.holdfast.web;

import dev.holdfast.status.SiteView;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The page under {@code adminPath}: what is true now, written into {@code admin.html}, whose script then goes on with what
 * {@link AdminEvents} tells. The script finds each value by the name ({@code data-f}) that it has here.
 */
final class AdminPage {
    private static final String TEMPLATE = read("admin.html");
    private static final String SITE = between(TEMPLATE, "<!--site-->", "<!--/site-->");
    private static final String FRAME = TEMPLATE.replace(SITE, "{{sites}}");

    /** Nothing from elsewhere, no other script than ours, nobody's frame, and no text of a stranger taken for markup. */
    static final String POLICY =
            "default-src 'none'; style-src " + Html.source(between(TEMPLATE, "<style>", "</style>"))
                    + "; script-src " + Html.source(between(TEMPLATE, "<script>", "</script>"))
                    + "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
                    + "require-trusted-types-for 'script'";

    private AdminPage() {}

    /** Who looks. */
    enum Viewer {
        /** There are no operators. */
        ANYBODY,
        /** May sign in. */
        UNKNOWN,
        /** Has signed in, and has not the role. */
        USER,
        OPERATOR
    }

    /** @param user the name of who has signed in; empty where nobody has */
    static String of(List<SiteView> sites, Viewer viewer, String user) {
        Map<String, String> values = new HashMap<>();
        values.put("title", "Holdfast");
        values.put("now", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        values.put("user", greeting(viewer, user));
        values.put("words", AdminSnapshot.words());
        String site = operations(SITE, viewer);
        values.put(
                "sites",
                sites.stream()
                        .map(each -> Placeholders.replace(site, values(each, sites)))
                        .collect(Collectors.joining()));
        return Placeholders.replace(operations(FRAME, viewer), values);
    }

    /** All numbers are seen at once only where there is one site: of several each is to be a row. */
    private static Map<String, String> values(SiteView site, List<SiteView> sites) {
        Map<String, String> values = AdminSnapshot.of(site, "site" + sites.indexOf(site));
        values.put("open", sites.size() == 1 ? " open" : "");
        return values;
    }

    private static String greeting(Viewer viewer, String user) {
        return switch (viewer) {
            case ANYBODY -> "";
            case UNKNOWN -> "<p><a href=\"login\">Sign in</a> to hold and release</p>";
            case USER -> "<p>Signed in as " + Html.escape(user) + ", who may only look</p>";
            case OPERATOR -> "<p>Signed in as " + Html.escape(user) + "</p>";
        };
    }

    /** What moves the site is there only for one who may. */
    private static String operations(String html, Viewer viewer) {
        return viewer == Viewer.OPERATOR
                ? html
                : html.replace(between(html, "<!--operations-->", "<!--/operations-->"), "");
    }

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf(end, from));
    }

    private static String read(String resource) {
        try (InputStream in = AdminPage.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
