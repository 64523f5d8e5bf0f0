package dev.holdfast.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The page in a real browser, served by a real Tomcat that asks for names and passwords as {@code tomcat-conf} shows. */
class AdminPageIT {
    private static final String POST = "return fetch('hold', {method: 'POST', headers: {'Holdfast-Operation': '1'}, "
            + "body: new URLSearchParams({site: 'holdfast'})}).then(a => a.status)";
    private static final String VALUES =
            "return Object.fromEntries([...document.querySelectorAll('[data-f]')].map(e => [e.dataset.f, e.textContent]))";

    @TempDir
    Path directory;

    private final CountDownLatch slowMayEnd = new CountDownLatch(1);
    private final ExecutorService siteThreads = Executors.newCachedThreadPool();
    private HttpServer site;
    private TomcatProcess tomcat;
    private Browser browser;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(Browser.isHere(), "chromium and chromedriver are not here");
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        site.setExecutor(siteThreads);
        site.createContext("/", this::answer);
        site.start();
        tomcat = TomcatProcess.create(11, directory.resolve("tomcat"))
                .withUpstream(site.getAddress().getPort())
                .with("operatorRole", "operator")
                .withUser("anna", "operator")
                .withUser("bob", "visitor")
                .start();
        browser = Browser.open();
    }

    @AfterEach
    void stop() {
        if (browser != null) {
            browser.close();
        }
        if (tomcat != null) {
            tomcat.close();
        }
        slowMayEnd.countDown();
        if (site != null) {
            site.stop(0);
        }
        siteThreads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (exchange.getRequestURI().getPath().startsWith("/slow")) {
                slowMayEnd.await();
            }
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void operatorSeesAndMovesAWholeUpgrade() throws IOException {
        signIn("anna");
        assertEquals("Signed in as anna", browser.text("header p"));
        try (HeldClients before = new HeldClients(tomcat.port());
                HeldClients clients = new HeldClients(tomcat.port());
                ClientConnection slow = new ClientConnection(tomcat.port())) {
            before.send(40);
            before.takeAnswers(Duration.ofSeconds(20), () -> before.answered() == 40);
            awaitText("[data-f=passed]", "40");
            slow.get("/slow/report?secret=1");
            awaitText("[data-f=inFlight]", "1");

            browser.click("[data-op=hold]");
            browser.type(Keys.ESCAPE);
            assertFalse(browser.has("dialog[open]"));
            assertTrue(Files.exists(tomcat.balance().file()));
            browser.click("[data-op=hold]");
            browser.click("#ask-yes");
            awaitText("[data-f=word]", "Draining");
            awaitText(".oldest tbody th", "GET");
            assertEquals("/slow/report", browser.text(".oldest .path:not(th)"));
            clients.send(200);
            awaitText("[data-f=held]", "200");
            browser.photograph("draining");
            assertUsableByEverybody();

            slowMayEnd.countDown();
            awaitText("[data-f=word]", "Drained");
            clients.send(300);
            awaitText("[data-f=held]", "500");
            assertTrue(browser.text(".reasons").contains("balance is absent, for "), browser.text(".reasons"));
            browser.photograph("drained");

            browser.click("[data-op=release]");
            clients.takeAnswers(Duration.ofSeconds(30), () -> clients.answered() == 500);
            assertEquals(List.of(), clients.wrong());
            awaitText("[data-f=word]", "Open");
            awaitText("[data-f=released]", "500");
            await().until(() -> browser.has(".holds tbody tr"));
            assertEquals("500", browser.text(".holds tbody td:nth-of-type(4)"));
            awaitText("[data-f=story]", "Last two minutes: at most 500 held; 500 released, 0 failed or turned away.");
            assertTrue(browser.text(".answer").contains("says: forward to"), browser.text(".answer"));
            browser.photograph("open");
            assertUsableByEverybody();

            browser.click("[data-op=refuse]");
            browser.type("dialog textarea", "Closed until <Monday>.");
            browser.photograph("asking");
            browser.click("#ask-yes");
            awaitText("[data-f=word]", "Refusing");
            browser.photograph("refusing");
            browser.click("[data-op=release]");
            awaitText("[data-f=word]", "Open");
        }
        assertEquals(List.of(), browser.console());
        assertEquals(403L, browser.run(POST.replace("'Holdfast-Operation'", "'Other'")));
        assertTrue(Files.exists(tomcat.balance().file()));
        String ours = "http://127.0.0.1:" + tomcat.port() + "/.holdfast/";
        Set<String> requests = browser.requests();
        assertTrue(requests.containsAll(Set.of(ours, ours + "events", ours + "hold")), requests.toString());
        for (String asked : requests) {
            String url = asked.replace("anna:anna@", "");
            assertTrue(url.startsWith(ours) || url.startsWith("data:"), url);
        }
    }

    @Test
    void everybodyElseMayOnlyLook() throws Exception {
        browser.get(page("", ""));
        awaitText("[data-f=word]", "Open");
        assertEquals("Sign in to hold and release", browser.text("header p"));
        assertFalse(browser.has("button"));
        HttpRequest hold = HttpRequest.newBuilder(URI.create(page("", "hold?site=holdfast")))
                .header("Holdfast-Operation", "hold")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertEquals(
                401,
                HttpClient.newHttpClient()
                        .send(hold, HttpResponse.BodyHandlers.discarding())
                        .statusCode());

        signIn("bob");
        assertEquals("Signed in as bob, who may only look", browser.text("header p"));
        assertFalse(browser.has("button"));
        assertEquals(403L, browser.run(POST));
        assertTrue(Files.exists(tomcat.balance().file()));
    }

    /** With {@code tomcat-conf/several-sites.xml}: a row for each, with all its numbers for who wants them. */
    @Test
    void severalSitesAreShownOneBelowTheOther() throws Exception {
        tomcat.close();
        String address = "http://127.0.0.1:" + site.getAddress().getPort();
        tomcat = TomcatProcess.create(11, directory.resolve("several"))
                .withSeveralSites()
                .with("main.upstream", address)
                .with("shop.upstream", address)
                .with("operatorRole", "operator")
                .withUser("anna", "operator")
                .start();
        String main = "[data-site=main] ";
        String shop = "[data-site=shop] ";
        signIn("anna");
        assertEquals("main", browser.text(".site:nth-of-type(1) h2"));
        assertEquals("shop", browser.text(".site:nth-of-type(2) h2"));
        try (ClientConnection held = new ClientConnection(tomcat.port());
                ClientConnection passes = new ClientConnection(tomcat.port())) {
            browser.click(shop + "[data-op=hold]");
            assertEquals("Hold the requests for shop?", browser.text("#ask-title"));
            browser.click("#ask-yes");
            awaitText(shop + "[data-f=word]", "Drained");
            held.get("/shop/1");
            awaitText(shop + "[data-f=held]", "1");
            passes.get("/2");
            assertEquals(200, passes.receive().status());
            assertEquals("", browser.text(main + "[data-f=passed]"));
            browser.click(main + "summary");
            awaitText(main + "[data-f=passed]", "1");
            assertEquals("Open", browser.text(main + "[data-f=word]"));
            assertEquals("0", browser.text(main + "[data-f=held]"));
            assertEquals("Drained, 1 held – Holdfast", browser.run("return document.title"));
            browser.photograph("several");
            assertUsableByEverybody();

            browser.click(shop + "[data-op=release]");
            assertEquals(200, held.receive().status());
            awaitText(shop + "[data-f=word]", "Open");
        }
        assertEquals(List.of(), browser.console());
    }

    @Test
    void withoutScriptItSaysTheSame() throws IOException {
        browser.get(page("", ""));
        awaitText("#link", "Live");
        Object live = browser.run(VALUES);
        browser.withoutScript();
        browser.get(page("", ""));

        assertTrue(browser.text("#link").contains("Without script this page stands still"), browser.text("#link"));
        assertEquals(live, browser.run(VALUES));
        assertFalse(((Map<?, ?>) live).isEmpty());
    }

    @Test
    void saysSoWhenHoldfastIsSilentOrGone() throws Exception {
        browser.get(page("", ""));
        awaitText("#link", "Live");

        signal("-STOP");
        awaitLost();
        browser.photograph("lost");
        signal("-CONT");
        awaitText("#link", "Live");

        tomcat.process().kill();
        awaitLost();
    }

    private void awaitLost() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> browser.text("#link").startsWith("No connection to Holdfast since "));
    }

    private void signal(String signal) throws Exception {
        String pid = Long.toString(tomcat.process().pid());
        assertEquals(0, new ProcessBuilder("kill", signal, pid).start().waitFor());
    }

    private void assertUsableByEverybody() throws IOException {
        try (var in = AdminPageIT.class.getClassLoader().getResourceAsStream("axe.min.js")) {
            browser.run(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        Object violations = browser.run("return axe.run().then(r => r.violations.map(v => v.id + ': ' + v.help + ' '"
                + " + v.nodes.map(n => n.html + n.failureSummary).join('; ')))");
        assertEquals(List.of(), violations);
    }

    /** With the name and password in the address, for there is nobody to type them; the browser then sends them by itself. */
    private void signIn(String user) {
        browser.get(page(user + ":" + user + "@", "login"));
        assertEquals(page(user + ":" + user + "@", ""), browser.address());
        browser.get(page("", ""));
        awaitText("#link", "Live");
    }

    private void awaitText(String css, String text) {
        await(css + " to say " + text)
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertEquals(text, browser.text(css)));
    }

    /** @param credentials empty, or ended by an at sign */
    private String page(String credentials, String below) {
        return "http://" + credentials + "127.0.0.1:" + tomcat.port() + "/.holdfast/" + below;
    }
}
