package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.web.OwnAnswer.Kind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerBodyTest {
    private static final List<String> BROWSER =
            List.of("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
    private static final List<String> PROGRAM = List.of("*/*");

    @Nested
    class Problem {
        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                EXPIRED           | GET  | {"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The site is being upgraded, and it takes longer than usual. Please try again in 7 s.","forwarded":"no"}
                EXPIRED           | POST | {"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The site is being upgraded, and it takes longer than usual. Your request was not passed on to the site, so you can send it again in 7 s.","forwarded":"no"}
                OVER_LIMIT        | GET  | {"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The site is being upgraded, and many wait for it. Please try again in 7 s.","forwarded":"no"}
                BUSY              | GET  | {"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The site is busy. Please try again in 7 s.","forwarded":"no"}
                CUT_SHORT         | POST | {"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The server was restarted before the site had answered. It is not known whether the site has acted on your request: please check before you send it again.","forwarded":"unknown"}
                REFUSED           | PUT  | {"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The site is closed for now. Your request was not passed on to the site, so you can send it again in 7 s.","forwarded":"no"}
                STOPPING          | HEAD | {"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The site is being restarted. Please try again in 7 s.","forwarded":"no"}
                UNREACHABLE       | POST | {"type":"about:blank","title":"Bad Gateway","status":502,"detail":"The site cannot be reached. Your request was not passed on to the site, so you can send it again.","forwarded":"no"}
                BROKEN_ANSWER     | GET  | {"type":"about:blank","title":"Bad Gateway","status":502,"detail":"The site did not answer properly. Please try again.","forwarded":"unknown"}
                BROKEN_ANSWER     | POST | {"type":"about:blank","title":"Bad Gateway","status":502,"detail":"The site did not answer properly. It is not known whether the site has acted on your request: please check before you send it again.","forwarded":"unknown"}
                NO_ANSWER_IN_TIME | GET  | {"type":"about:blank","title":"Gateway Timeout","status":504,"detail":"The site did not answer in time. Please try again.","forwarded":"unknown"}
                NO_ANSWER_IN_TIME | PATCH | {"type":"about:blank","title":"Gateway Timeout","status":504,"detail":"The site did not answer in time. It is not known whether the site has acted on your request: please check before you send it again.","forwarded":"unknown"}
                BAD_REQUEST       | GET  | {"type":"about:blank","title":"Bad Request","status":400,"detail":"The request is not valid HTTP.","forwarded":"no"}
                BAD_REQUEST       | POST | {"type":"about:blank","title":"Bad Request","status":400,"detail":"The request is not valid HTTP. Your request was not passed on to the site.","forwarded":"no"}
                """)
        void saysWhatHappenedAndWhatToDo(Kind kind, String method, String expected) {
            AnswerBody body = AnswerBody.of(OwnAnswer.of(kind, Duration.ofSeconds(7)), method, PROGRAM);

            assertEquals("application/problem+json", body.contentType());
            assertEquals("", body.securityPolicy());
            assertEquals(expected, text(body));
        }

        @Test
        void escapesTheOperatorsMessage() {
            AnswerBody body = AnswerBody.of(refused("a \"b\" \\ c\n\td </script> é 😀"), "GET", PROGRAM);

            assertEquals(
                    "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,"
                            + "\"detail\":\"a \\\"b\\\" \\\\ c\\u000a\\u0009d </script> é 😀 Please try again in 7 s.\","
                            + "\"forwarded\":\"no\"}",
                    text(body));
        }
    }

    @Nested
    class Page {
        @ParameterizedTest
        @EnumSource(names = {"EXPIRED", "OVER_LIMIT", "BUSY", "CUT_SHORT", "STOPPING"})
        void reloadsByItselfAfterGet(Kind kind) {
            String page = page(OwnAnswer.of(kind, Duration.ofMillis(6001)), "GET");

            assertTrue(page.contains("<meta http-equiv=\"refresh\" content=\"7\">"), page);
            assertTrue(page.contains("<p>This page tries again by itself in 7 s.</p>"), page);
        }

        @ParameterizedTest
        @EnumSource(names = {"REFUSED", "UNREACHABLE", "BROKEN_ANSWER", "NO_ANSWER_IN_TIME", "BAD_REQUEST"})
        void doesNotReloadWhereThatWouldNotHelp(Kind kind) {
            String page = page(OwnAnswer.of(kind, Duration.ofSeconds(7)), "GET");

            assertFalse(page.contains("refresh"), page);
            assertFalse(page.contains("by itself"), page);
        }

        @ParameterizedTest
        @EnumSource
        void neverReloadsAfterPost(Kind kind) {
            String page = page(OwnAnswer.of(kind, Duration.ofSeconds(7)), "POST");

            assertFalse(page.contains("refresh"), page);
            assertFalse(page.contains("by itself"), page);
            assertTrue(
                    page.contains("not passed on to the site") ^ page.contains("not known whether the site has acted"),
                    page);
        }

        @Test
        void escapesTheOperatorsMessage() {
            String page = page(refused("<script>alert('x')</script> & \"y\"\nline two"), "GET");

            assertTrue(
                    page.contains(
                            "<p>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;\nline two</p>"),
                    page);
        }

        @Test
        void allowsItsOwnStyleAndNothingElse() throws Exception {
            AnswerBody body = AnswerBody.of(refused("no"), "GET", BROWSER);
            String page = text(body);
            String style = page.substring(page.indexOf("<style>") + 7, page.indexOf("</style>"));
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));

            assertEquals("text/html;charset=UTF-8", body.contentType());
            assertEquals(
                    "default-src 'none'; style-src 'sha256-"
                            + Base64.getEncoder().encodeToString(hash) + "'; base-uri 'none'; form-action 'none'",
                    body.securityPolicy());
            for (String foreign : List.of("http:", "https:", "src=", "href=", "<script", "style=")) {
                assertFalse(page.contains(foreign), foreign);
            }
        }

        @Test
        void namesItsLanguageTitleAndWidth() {
            String page = page(OwnAnswer.of(Kind.EXPIRED, Duration.ofSeconds(7)), "GET");

            assertTrue(page.startsWith("<!DOCTYPE html>\n<html lang=\"en\">\n"), page);
            assertTrue(page.contains("<title>Back in a moment</title>"), page);
            assertTrue(page.contains("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"), page);
            assertTrue(page.contains("color-scheme:light dark"), page);
        }
    }

    @Nested
    class Negotiation {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "text/html",
                    "Text/HTML;level=1",
                    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                    "application/json;q=0.5, text/html ; q=0.5",
                    "image/png, text/html;q=0.1"
                })
        void givesAPageToWhoNamesHtml(String accept) {
            assertEquals("text/html;charset=UTF-8", contentType(List.of(accept)));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "*/*",
                    "",
                    "application/json",
                    "text/*",
                    "text/plain",
                    "text/html;q=0",
                    "text/html;q=0.000",
                    "text/html;q=much",
                    "text/html;q=0.8, application/json",
                    "text/html;q=0.8, application/problem+json;q=0.9",
                    "text/htmlx",
                    ";,;q=,"
                })
        void givesAProblemToAllOthers(String accept) {
            assertEquals("application/problem+json", contentType(List.of(accept)));
        }

        @Test
        void takesSeveralFieldsAsOne() {
            assertEquals("text/html;charset=UTF-8", contentType(List.of("image/png", "text/html")));
            assertEquals("application/problem+json", contentType(List.of()));
        }

        private static String contentType(List<String> accept) {
            return AnswerBody.of(refused("no"), "GET", accept).contentType();
        }
    }

    private static OwnAnswer refused(String message) {
        return new OwnAnswer(Kind.REFUSED, Duration.ofSeconds(7), message);
    }

    private static String page(OwnAnswer answer, String method) {
        return text(AnswerBody.of(answer, method, BROWSER));
    }

    private static String text(AnswerBody body) {
        return new String(body.bytes(), StandardCharsets.UTF_8);
    }
}
