package dev.holdfast.config;

import dev.holdfast.config.ClusterSettings.AtStart;
import dev.holdfast.config.ClusterSettings.Away;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Looks the settings of one site up, checks them all, and reports everything that is wrong at once. */
public final class SettingsLoader {
    private final String site;
    private final Map<String, String> contextParams;
    private final Map<String, String> initParams;
    private final Map<Setting, Object> values = new EnumMap<>(Setting.class);
    private final List<String> problems = new ArrayList<>();

    private SettingsLoader(String site, Map<String, String> contextParams, Map<String, String> initParams) {
        this.site = site;
        this.contextParams = contextParams;
        this.initParams = initParams;
    }

    /**
     * Loads the settings of a site. Each is looked up as context-param {@code <siteName>.<setting>}, as context-param
     * {@code <setting>}, as init-param, and is else the default. A value that starts with <code>${</code> is a
     * placeholder that the container could not resolve, and counts as unset.
     *
     * @param siteName name of the filter and the servlet
     * @param contextParams all of the context's, those of others included
     * @param initParams those of the site's filter and servlet
     * @param baseDirectory absolute; what the relative path of a file is relative to
     * @throws SettingsException if a value is not allowed, or a name is not known: an init-param, or a context-param
     *     that begins with {@code <siteName>.}
     */
    public static SiteSettings load(
            String siteName, Map<String, String> contextParams, Map<String, String> initParams, Path baseDirectory) {
        SettingsLoader loader = new SettingsLoader(siteName, contextParams, initParams);
        loader.readValues();
        loader.findUnknownNames();
        TlsSettings tls = loader.problems.isEmpty() ? loader.tls(baseDirectory) : null;
        Optional<ClusterSettings> cluster =
                loader.problems.isEmpty() ? loader.cluster(baseDirectory) : Optional.empty();
        if (!loader.problems.isEmpty()) {
            throw new SettingsException("The settings of \"" + siteName + "\" are wrong: "
                    + String.join(System.lineSeparator() + "  ", loader.problems));
        }
        return loader.site(baseDirectory, tls, cluster);
    }

    private void readValues() {
        for (Setting setting : Setting.values()) {
            Found found = find(setting);
            try {
                values.put(setting, setting.parse(found.value()));
            } catch (IllegalArgumentException notAllowed) {
                problems.add(setting.key() + " (" + found.place() + "): " + notAllowed.getMessage());
            }
        }
    }

    private Found find(Setting setting) {
        String key = setting.key();
        String qualified = site + "." + key;
        if (isSet(contextParams.get(qualified))) {
            return new Found(contextParams.get(qualified), "context-param " + qualified);
        }
        if (isSet(contextParams.get(key))) {
            return new Found(contextParams.get(key), "context-param " + key);
        }
        if (isSet(initParams.get(key))) {
            return new Found(initParams.get(key), "init-param " + key);
        }
        return new Found(setting.defaultValue(), "default");
    }

    private static boolean isSet(String value) {
        return value != null && !value.startsWith("${");
    }

    private void findUnknownNames() {
        for (String name : new TreeMap<>(initParams).keySet()) {
            checkName("init-param", name, "", initParams.get(name));
        }
        String prefix = site + ".";
        for (String name : new TreeMap<>(contextParams).keySet()) {
            if (name.startsWith(prefix)) {
                checkName("context-param", name.substring(prefix.length()), prefix, contextParams.get(name));
            }
        }
    }

    private void checkName(String place, String name, String prefix, String value) {
        if (!SettingNames.isKnown(name)) {
            // It may be the password that was meant, or one of something else.
            String shown = SettingNames.isLikeASecret(name) ? "" : " (value \"" + value + "\")";
            problems.add(place + " " + prefix + name + shown + ": there is no such setting; "
                    + SettingNames.nearest(name)
                            .map(nearest -> "did you mean " + prefix + nearest + "?")
                            .orElse("there are " + SettingNames.all()));
        }
    }

    private SiteSettings site(Path baseDirectory, TlsSettings tls, Optional<ClusterSettings> cluster) {
        return new SiteSettings(
                site,
                new BalanceSettings(
                        baseDirectory.resolve((Path) values.get(Setting.BALANCE_FILE)),
                        duration(Setting.POLL_INTERVAL),
                        flag(Setting.BALANCE_WATCH)),
                new HoldSettings(
                        duration(Setting.MAX_HOLD),
                        duration(Setting.MAX_CLOSED),
                        number(Setting.HOLD_LIMIT),
                        number(Setting.HOLD_LIMIT_PER_CLIENT),
                        new ReleaseSettings(
                                number(Setting.RELEASE_CONCURRENCY),
                                flag(Setting.RELEASE_CANARY),
                                duration(Setting.RELEASE_RAMP))),
                new WaitingPageSettings(optionalDuration(Setting.WAIT_PAGE_AFTER)),
                pass(),
                new UpstreamSettings(
                        (UpstreamAddress) values.get(Setting.UPSTREAM),
                        duration(Setting.CONNECT_TIMEOUT),
                        duration(Setting.RESPONSE_TIMEOUT),
                        duration(Setting.CLIENT_TIMEOUT),
                        number(Setting.MAX_CONNECTIONS),
                        tls),
                new ForwardingSettings(
                        flag(Setting.PRESERVE_HOST),
                        (ForwardedHeaders) values.get(Setting.FORWARDED_HEADERS),
                        (AddressRanges) values.get(Setting.TRUSTED_PROXIES),
                        text(Setting.HELD_HEADER)),
                new StreamSettings(duration(Setting.CLOSE_STREAMS), duration(Setting.TUNNEL_IDLE_TIMEOUT)),
                ready(),
                admin(),
                cluster);
    }

    private Optional<ClusterSettings> cluster(Path baseDirectory) {
        Optional<?> ensemble = (Optional<?>) values.get(Setting.ZOOKEEPER);
        Optional<?> total = (Optional<?>) values.get(Setting.RELEASE_CONCURRENCY_TOTAL);
        if (ensemble.isEmpty()) {
            if (total.isPresent()) {
                problems.add(Setting.RELEASE_CONCURRENCY_TOTAL.key() + " is for several nodes: it needs "
                        + Setting.ZOOKEEPER.key());
            }
            return Optional.empty();
        }
        try {
            Path balanceFile = baseDirectory.resolve((Path) values.get(Setting.BALANCE_FILE));
            return Optional.of(new ClusterSettings(
                    (Ensemble) ensemble.get(),
                    text(Setting.ZOOKEEPER_SITE).orElseGet(() -> Ensemble.nameOf(site)),
                    text(Setting.ZOOKEEPER_NODE).orElseGet(() -> NodeName.of(balanceFile)),
                    (AtStart) values.get(Setting.ZOOKEEPER_AT_START),
                    (Away) values.get(Setting.ZOOKEEPER_AWAY),
                    duration(Setting.ZOOKEEPER_MAX_AGE),
                    duration(Setting.ZOOKEEPER_SESSION),
                    text(Setting.ZOOKEEPER_DIGEST),
                    total.map(Integer.class::cast)));
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
            return Optional.empty();
        }
    }

    @SuppressWarnings("unchecked") // the setting's type is that of its parser
    private AdminSettings admin() {
        return new AdminSettings(
                (Optional<String>) values.get(Setting.ADMIN_PATH),
                (AddressRanges) values.get(Setting.ADMIN_ADDRESSES),
                (AdminHosts) values.get(Setting.ADMIN_HOSTS),
                (AddressRanges) values.get(Setting.TRUSTED_PROXIES),
                (Optional<String>) values.get(Setting.OPERATOR_ROLE));
    }

    private PassSettings pass() {
        return new PassSettings(
                (ExemptPaths) values.get(Setting.EXEMPT_PATHS),
                (HoldMethods) values.get(Setting.HOLD_METHODS),
                text(Setting.HEALTH_PATH),
                (BypassSecret) values.get(Setting.BYPASS_SECRET),
                (AddressRanges) values.get(Setting.BYPASS_ADDRESSES));
    }

    @SuppressWarnings("unchecked") // the setting's type is that of its parser
    private ReadySettings ready() {
        return new ReadySettings(
                (Optional<String>) values.get(Setting.READY_PATH),
                duration(Setting.READY_INTERVAL),
                number(Setting.READY_SUCCESSES),
                duration(Setting.READY_TIMEOUT));
    }

    /** Null when a file is not as it should be, which then is a problem. */
    private TlsSettings tls(Path baseDirectory) {
        try {
            return new TlsSettings(
                    TlsContext.of(
                            file(Setting.TRUST_STORE, baseDirectory),
                            text(Setting.TRUST_STORE_PASSWORD),
                            file(Setting.KEY_STORE, baseDirectory),
                            text(Setting.KEY_STORE_PASSWORD)),
                    text(Setting.UPSTREAM_TLS_NAME));
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
            return null;
        }
    }

    private Optional<Path> file(Setting setting, Path baseDirectory) {
        return ((Optional<?>) values.get(setting)).map(path -> baseDirectory.resolve((Path) path));
    }

    private Optional<String> text(Setting setting) {
        return ((Optional<?>) values.get(setting)).map(String.class::cast);
    }

    private Duration duration(Setting setting) {
        return (Duration) values.get(setting);
    }

    private Optional<Duration> optionalDuration(Setting setting) {
        return ((Optional<?>) values.get(setting)).map(Duration.class::cast);
    }

    private int number(Setting setting) {
        return (Integer) values.get(setting);
    }

    private boolean flag(Setting setting) {
        return (Boolean) values.get(setting);
    }

    private record Found(String value, String place) {}
}
