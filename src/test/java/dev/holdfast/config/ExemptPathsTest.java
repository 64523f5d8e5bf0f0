package dev.holdfast.config;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExemptPathsTest {
    private final ExemptPaths paths = ExemptPaths.parse("/favicon.ico, /static/*,/.well-known/acme-challenge/*");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/favicon.ico",
                "/static/",
                "/static/a.css",
                "/static/a/b/",
                "/static/logo@2x~1,(a)+b=c:d&e!'*$.png",
                "/static/..a/...b/a..",
                "/.well-known/acme-challenge/x_-Y0"
            })
    void plainPathsBelowAreExempt(String path) {
        assertTrue(paths.contain(path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/static",
                "/staticx/a",
                "/favicon.ico/",
                "/favicon.icon",
                "/Static/a",
                "/a/static/b",
                "static/a",
                "*",
                "",
                "http://site/static/a"
            })
    void othersAreNot(String path) {
        assertFalse(paths.contain(path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/static/../admin",
                "/static/..",
                "/static/a/../../admin",
                "/static/./a",
                "/static/.",
                "/static/.../a",
                "/static//a",
                "/static//",
                "//static/a",
                "/static/%2e%2e/admin",
                "/static/..%2fadmin",
                "/static/%2fadmin",
                "/static/%252e%252e/admin",
                "/static/%c0%ae%c0%ae/admin",
                "/static/a%20b",
                "/static/%00",
                "/static/a%",
                "/static/;x/../admin",
                "/static/..;/admin",
                "/static/..;x=1/admin",
                "/static/a;x",
                "/favicon.ico;x",
                "/static/..\\admin",
                "/static/\\admin",
                "/static\\a",
                "/static/a?b",
                "/static/a#b",
                "/static/a b",
                "/static/a\tb",
                "/static/a|b",
                "/static/\u00e9",
                "/static/\uff0e\uff0e/admin"
            })
    void whatCanBeReadInTwoWaysIsNot(String path) {
        assertFalse(paths.contain(path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/a,",
                "/*",
                "*",
                "*.css",
                "/a*",
                "/*/a",
                "/a/*/b",
                "static/*",
                "/static/../*",
                "//*",
                "/a//b",
                "/a%20b",
                "/a;b",
                "/a?b",
                "/a b",
                "none, /a",
                "http://site/a"
            })
    void patternsThatWouldNeverOrAlwaysMatchAreRefused(String list) {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> ExemptPaths.parse(list))
                .getMessage()
                .contains(ExemptPaths.ALLOWED));
    }

    @Test
    void noneIsNone() {
        assertTrue(ExemptPaths.parse("none").areNone());
        assertFalse(ExemptPaths.parse("none").contain("/"));
        assertTrue(ExemptPaths.parse("/").contain("/"));
    }
}
