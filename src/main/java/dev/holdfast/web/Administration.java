package dev.holdfast.web;

import dev.holdfast.config.AdminSettings;
import dev.holdfast.config.SettingsException;
import dev.holdfast.status.SiteBean;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.management.JMException;

/** Where the sites of one web application are shown: under their {@code adminPath}, all that share one together, and over JMX. */
final class Administration implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Administration.class.getName());

    private final List<AdminFilter> filters = new ArrayList<>();
    private final List<SiteBean> beans = new ArrayList<>();

    /**
     * To be called before the context has started. The filters come before all others, so that nobody holds who looks.
     *
     * @throws SettingsException if sites share a path and disagree on who may look
     */
    static Administration start(ServletContext context, Collection<Site> sites) {
        Map<String, List<Site>> byPath = new TreeMap<>();
        for (Site site : sites) {
            site.admin()
                    .path()
                    .ifPresent(path -> byPath.computeIfAbsent(path, each -> new ArrayList<>())
                            .add(site));
        }
        Administration administration = new Administration();
        byPath.forEach((path, theirs) -> administration.addFilter(context, path, theirs));
        sites.forEach(site -> administration.addBean(context, site));
        return administration;
    }

    private void addFilter(ServletContext context, String path, List<Site> sites) {
        AdminSettings settings = sites.get(0).admin();
        for (Site site : sites) {
            if (!site.admin().equals(settings)) {
                throw new SettingsException(
                        "adminPath " + path + ": the sites \"" + sites.get(0).name() + "\" and \"" + site.name()
                                + "\" share it, so adminAddresses, adminHosts, trustedProxies and operatorRole must be the same");
            }
        }
        AdminFilter page = new AdminFilter(path, new AdminAccess(settings), List.copyOf(sites));
        filters.add(page);
        FilterRegistration.Dynamic filter = context.addFilter("holdfast-admin " + path, page);
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), false, path + "/*");
    }

    private void addBean(ServletContext context, Site site) {
        String path = context.getContextPath().isEmpty() ? "/" : context.getContextPath();
        try {
            beans.add(new SiteBean(path, site.status(), site.switchFile()));
        } catch (JMException e) {
            LOG.log(Level.WARNING, e, () -> site.name() + ": not shown over JMX");
        }
    }

    /** The container waits for them when it stops. */
    void endEvents() {
        filters.forEach(AdminFilter::endEvents);
    }

    @Override
    public void close() {
        for (SiteBean bean : beans) {
            try {
                bean.close();
            } catch (JMException e) {
                LOG.log(Level.WARNING, "a site is still shown over JMX", e);
            }
        }
    }
}
