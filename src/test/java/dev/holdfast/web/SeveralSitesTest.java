package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.SettingsException;
import dev.holdfast.config.SettingsLoader;
import dev.holdfast.config.SiteSettings;
import dev.holdfast.gate.Gate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two sites in one web application, by path. */
class SeveralSitesTest {
    @TempDir
    Path directory;

    private AnsweringUpstream main;
    private AnsweringUpstream shop;
    private TestTomcat tomcat;

    @BeforeEach
    void start() throws Exception {
        main = new AnsweringUpstream(target -> AnsweringUpstream.OK);
        shop = new AnsweringUpstream(target -> AnsweringUpstream.OK);
        tomcat = new TestTomcat();
        tomcat.context(context -> {
            context.addApplicationListener(HoldfastLifecycle.class.getName());
            add(context, "main", "/*", main.port());
            add(context, "shop", "/shop/*", shop.port());
        });
        Files.createFile(balanceFile("main"));
        Files.createFile(balanceFile("shop"));
        tomcat.start();
    }

    @AfterEach
    void stop() throws Exception {
        tomcat.close();
        main.close();
        shop.close();
    }

    private void add(Context context, String name, String pattern, int port) {
        FilterDef filter = new FilterDef();
        filter.setFilterName(name);
        filter.setFilterClass(HoldingFilter.class.getName());
        filter.setAsyncSupported("true");
        filter.addInitParameter("upstream", "http://127.0.0.1:" + port);
        context.addFilterDef(filter);
        FilterMap map = new FilterMap();
        map.setFilterName(name);
        map.addServletName(name);
        map.setDispatcher("REQUEST");
        map.setDispatcher("ASYNC");
        context.addFilterMap(map);
        Wrapper servlet = Tomcat.addServlet(context, name, ProxyServlet.class.getName());
        servlet.setAsyncSupported(true);
        servlet.addInitParameter("balanceFile", balanceFile(name).toString());
        servlet.addMapping(pattern);
    }

    private Path balanceFile(String site) {
        return directory.resolve("balance-" + site);
    }

    private Site site(String name) throws Exception {
        return Sites.of(tomcat.context.getServletContext()).site(name);
    }

    private String get(String target) throws Exception {
        try (Wire client = new Wire(tomcat.port())) {
            client.send("GET " + target + " HTTP/1.1\r\nHost: site\r\n\r\n");
            return client.readResponse();
        }
    }

    @Test
    void eachGetsTheRequestsOfItsPath() throws Exception {
        get("/shop");
        get("/shop/a?b");
        get("/shopping");
        get("/x/../shop/c");
        get("/shop/../d");

        assertEquals(List.of("/shop", "/shop/a?b", "/x/../shop/c"), shop.targets());
        assertEquals(List.of("/shopping", "/shop/../d"), main.targets());
        assertEquals(3, site("shop").gate().snapshot().counts().passed());
        assertEquals(2, site("main").gate().snapshot().counts().passed());
    }

    @Test
    void holdingOneDoesNotTouchTheOther() throws Exception {
        for (String held : List.of("main", "shop")) {
            String other = held.equals("main") ? "shop" : "main";
            String path = held.equals("main") ? "/held" : "/shop/held";
            String otherPath = held.equals("main") ? "/shop/other" : "/other";

            Files.delete(balanceFile(held));
            Until.true_(() -> Files.exists(directory.resolve("balance-" + held + ".drained")));
            try (Wire client = new Wire(tomcat.port())) {
                client.send("GET " + path + " HTTP/1.1\r\nHost: site\r\n\r\n");
                Gate gate = site(held).gate();
                Until.true_(() -> gate.snapshot().held() == 1);

                assertTrue(get(otherPath).endsWith("ok"));
                assertFalse(site(other).gate().isShut());
                assertFalse(Files.exists(directory.resolve("balance-" + other + ".drained")));

                Files.createFile(balanceFile(held));
                assertTrue(client.readResponse().endsWith("ok"));
            }
        }
        assertEquals(List.of("/held", "/other"), main.targets());
        assertEquals(List.of("/shop/other", "/shop/held"), shop.targets());
    }

    @Test
    void twoSitesWithOneBalanceFileAreRefused() {
        String message = assertThrows(
                        SettingsException.class, () -> Sites.checkBalanceFiles(List.of(named("a"), named("b"))))
                .getMessage();

        assertTrue(message.contains("balanceFile: \"a\" and \"b\" have the same, "), message);
        assertTrue(message.contains("b.balanceFile"), message);
    }

    private SiteSettings named(String name) {
        return SettingsLoader.load(name, Map.of("b.balanceFile", "x/../balance"), Map.of(), directory);
    }
}
