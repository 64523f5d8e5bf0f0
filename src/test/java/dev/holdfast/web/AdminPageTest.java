package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.Principal;
import java.util.Base64;
import java.util.List;
import org.apache.catalina.Context;
import org.apache.catalina.authenticator.BasicAuthenticator;
import org.apache.catalina.realm.GenericPrincipal;
import org.apache.catalina.realm.RealmBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page, and who may move a site there, where the container has users; how it looks in a browser is seen elsewhere. */
class AdminPageTest {
    private static final String OF_THE_SITE = "the site's own";
    private static final String OURS = "Holdfast-Operation: 1\r\n";
    private static final String ANNA = credentials("anna", "anna");

    private SmallSite upstream;
    private TestSite site;

    @BeforeEach
    void start() throws Exception {
        upstream = new SmallSite(Door.tcp(), (request, out, end) -> out.write(SmallSite.response(OF_THE_SITE)));
        site = TestSite.before(
                0,
                (connector, context) -> addUsers(context),
                "upstream",
                upstream.address(),
                "operatorRole",
                "operator");
    }

    private static void addUsers(Context context) {
        context.setRealm(new Users());
        context.getPipeline().addValve(new BasicAuthenticator());
    }

    /** The password is the name; anna is an operator. */
    private static final class Users extends RealmBase {
        @Override
        protected String getPassword(String name) {
            return name;
        }

        @Override
        protected Principal getPrincipal(String name) {
            return new GenericPrincipal(name, List.of(name.equals("anna") ? "operator" : "visitor"));
        }
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        upstream.close();
    }

    @Test
    void itsPolicyAllowsItsOwnScriptAndStyleAndNothingElse() throws Exception {
        String page = send("GET", "/", "");

        assertTrue(
                page.contains("default-src 'none'; style-src 'sha256-" + hash(page, "style") + "'; script-src 'sha256-"
                        + hash(page, "script") + "'; connect-src 'self'; img-src data:; "),
                page);
        assertTrue(page.contains("frame-ancestors 'none'"), page);
        assertFalse(page.contains(" onclick="), page);
        assertFalse(page.contains(" style="), page);
    }

    @Test
    void whatStrangersWroteIsNoMarkup() throws Exception {
        site.balance("<script>alert('{{user}}')</script>");
        Until.true_(() -> site.gate().isShut());

        String page = send("GET", "/", "");

        assertTrue(page.contains("&lt;script&gt;alert(&#39;{{user}}&#39;)&lt;/script&gt;"), page);
        assertFalse(page.contains("<script>alert"), page);
        assertFalse(page.replaceAll("(?s)<script>.*|\\{\\{user}}", "").contains("{{"), page); // all were filled in
    }

    @Test
    void buttonsAreThereForAnOperatorOnly() throws Exception {
        assertTrue(send("GET", "/", ANNA).contains("<button"));
        assertTrue(send("GET", "/", ANNA).contains("Signed in as anna<"));
        assertFalse(send("GET", "/", "").contains("<button"));
        assertFalse(send("GET", "/", credentials("bob", "bob")).contains("<button"));
        assertTrue(send("GET", "/", credentials("anna", "bob")).startsWith("HTTP/1.1 401 "));
    }

    @Test
    void signingInLeadsBackToThePage() throws Exception {
        assertTrue(send("GET", "/login", "").contains("\r\nWWW-Authenticate: Basic "));
        assertTrue(send("GET", "/login", ANNA).contains("\r\nLocation: /.holdfast/\r\n"));
    }

    @Test
    void operatorMoves() throws Exception {
        assertTrue(send("POST", "/hold?site=holdfast", OURS + ANNA).endsWith(" is removed\n"));
        Until.true_(() -> site.gate().isShut());
        assertTrue(
                send("POST", "/refuse?site=holdfast&message=later", OURS + ANNA).endsWith(" says: refuse\n"));
        assertEquals("refuse later\n", Files.readString(site.balanceFile()));
        assertTrue(send("POST", "/release?site=holdfast", OURS + ANNA).startsWith("HTTP/1.1 200 "));
        Until.true_(() -> !site.gate().isShut());
        assertTrue(send("POST", "/hold?site=another", OURS + ANNA).startsWith("HTTP/1.1 404 "));
        assertTrue(send("POST", "/dance?site=holdfast", OURS + ANNA).startsWith("HTTP/1.1 404 "));
    }

    @Test
    void nobodyElseMoves() throws Exception {
        String bob = credentials("bob", "bob");
        assertTrue(send("POST", "/hold?site=holdfast", OURS + bob).startsWith("HTTP/1.1 403 "));
        assertTrue(send("POST", "/hold?site=holdfast", OURS).startsWith("HTTP/1.1 401 "));
        assertTrue(send("POST", "/hold?site=holdfast", OURS + credentials("anna", "x"))
                .startsWith("HTTP/1.1 401 "));
        assertTrue(Files.exists(site.balanceFile()));
    }

    /** What a browser sends for a page of another site, with the operator's password, which it knows. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Holdfast-Operation: 1\r\nSec-Fetch-Site: cross-site\r\n",
                "Holdfast-Operation: 1\r\nSec-Fetch-Site: same-site\r\n"
            })
    void anotherSitesPageDoesNotMoveIt(String fields) throws Exception {
        assertTrue(send("POST", "/hold?site=holdfast", fields + ANNA).startsWith("HTTP/1.1 403 "));
        assertTrue(Files.exists(site.balanceFile()));
    }

    @Test
    void strangerIsNotAskedForAPassword() throws Exception {
        for (String target : List.of("/", "/login")) {
            assertTrue(send("GET", target, "X-Forwarded-For: 127.0.0.1\r\n").endsWith(OF_THE_SITE));
        }
        assertTrue(send("POST", "/hold?site=holdfast", OURS + ANNA + "X-Forwarded-For: 127.0.0.1\r\n")
                .endsWith(OF_THE_SITE));
        assertTrue(Files.exists(site.balanceFile()));
    }

    private String send(String method, String target, String fields) throws Exception {
        try (Wire client = site.client()) {
            client.send(method + " /.holdfast" + target + " HTTP/1.1\r\nHost: site\r\n" + fields
                    + (method.equals("POST") ? "Content-Length: 0\r\n" : "") + "Connection: close\r\n\r\n");
            return client.readToEnd();
        }
    }

    private static String credentials(String name, String password) {
        byte[] both = (name + ":" + password).getBytes(StandardCharsets.US_ASCII);
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(both) + "\r\n";
    }

    private static String hash(String page, String element) throws Exception {
        int from = page.indexOf("<" + element + ">") + element.length() + 2;
        String content = page.substring(from, page.indexOf("</" + element + ">"));
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1); // as Wire read them
        return Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
