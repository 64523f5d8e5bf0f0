package dev.holdfast.web;

import dev.holdfast.config.SettingsException;
import dev.holdfast.config.SettingsLoader;
import dev.holdfast.config.SiteSettings;
import jakarta.servlet.Registration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The sites of one web application: a filter and a servlet of ours that have the same name are one. */
final class Sites implements AutoCloseable {
    private static final String ATTRIBUTE = "dev.holdfast.sites";
    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private final Map<String, Site> sites;
    private Administration administration; // null until all have started
    private Long drainingSince; // nanoseconds; null while open; guarded by this

    private Sites(Map<String, Site> sites) {
        this.sites = sites;
    }

    /**
     * Makes the sites that {@code web.xml} declares, and starts them.
     *
     * @throws SettingsException if a setting is wrong; then nothing is left running
     */
    static Sites start(ServletContext context) {
        Map<String, Map<String, String>> initParams = new TreeMap<>();
        collect(context.getFilterRegistrations().values(), HoldingFilter.class, initParams);
        collect(context.getServletRegistrations().values(), ProxyServlet.class, initParams);
        Map<String, String> contextParams = new HashMap<>();
        Collections.list(context.getInitParameterNames())
                .forEach(name -> contextParams.put(name, context.getInitParameter(name)));
        List<SiteSettings> settings = initParams.entrySet().stream()
                .map(site -> SettingsLoader.load(site.getKey(), contextParams, site.getValue(), baseDirectory()))
                .toList();
        checkBalanceFiles(settings);
        Sites sites = new Sites(new TreeMap<>());
        try {
            settings.forEach(each -> {
                Site site = new Site(each);
                sites.sites.put(each.name(), site);
                site.start();
            });
            sites.administration = Administration.start(context, sites.sites.values());
        } catch (RuntimeException e) {
            sites.close();
            throw e;
        }
        context.setAttribute(ATTRIBUTE, sites);
        return sites;
    }

    /** One that several sites shared would be called drained when the first of them is. */
    static void checkBalanceFiles(List<SiteSettings> sites) {
        Map<Path, String> names = new HashMap<>();
        for (SiteSettings site : sites) {
            Path file = site.balance().file().normalize();
            String other = names.put(file, site.name());
            if (other != null) {
                throw new SettingsException("balanceFile: \"" + other + "\" and \"" + site.name()
                        + "\" have the same, " + file + "; each site needs one of its own, such as context-param "
                        + site.name() + ".balanceFile");
            }
        }
    }

    static Sites of(ServletContext context) throws ServletException {
        if (context.getAttribute(ATTRIBUTE) instanceof Sites sites) {
            return sites;
        }
        throw new ServletException(
                "Holdfast is not started: web.xml needs <listener-class>" + HoldfastLifecycle.class.getName());
    }

    /** @throws ServletException if there is none of that name: it was added after the start */
    Site site(String name) throws ServletException {
        Site site = sites.get(name);
        if (site == null) {
            throw new ServletException("There is no site \"" + name + "\"; declared are " + sites.keySet());
        }
        return site;
    }

    /** Turns away whoever is held, and waits for whoever is in flight. A second call waits until the first one's deadline. */
    synchronized void drain() {
        sites.values().forEach(Site::refuseAll);
        if (drainingSince == null) {
            drainingSince = System.nanoTime();
        }
        long deadline = drainingSince + LONGEST_END.toNanos();
        sites.values().forEach(site -> site.awaitEnd(Duration.ofNanos(Math.max(0, deadline - System.nanoTime()))));
        administration.endEvents(); // whoever looks saw it to its end
    }

    /** How many requests are held, at all sites. */
    int held() {
        return sites.values().stream()
                .mapToInt(site -> site.gate().snapshot().held())
                .sum();
    }

    /** Of all sites where there is something to say; empty where there is not. */
    String progress() {
        return sites.values().stream()
                .map(site -> Progress.of(site.status().now()))
                .filter(words -> !words.isEmpty())
                .collect(Collectors.joining(" | "));
    }

    @Override
    public void close() {
        if (administration != null) {
            administration.close();
        }
        sites.values().forEach(Site::close);
    }

    private static void collect(
            Collection<? extends Registration> registrations,
            Class<?> ours,
            Map<String, Map<String, String>> initParams) {
        for (Registration registration : registrations) {
            if (ours.getName().equals(registration.getClassName())) {
                initParams
                        .computeIfAbsent(registration.getName(), name -> new HashMap<>())
                        .putAll(registration.getInitParameters());
            }
        }
    }

    private static Path baseDirectory() {
        String tomcat = System.getProperty("catalina.base");
        return Path.of(tomcat == null ? "" : tomcat).toAbsolutePath();
    }
}
