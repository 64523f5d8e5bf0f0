package dev.holdfast.config;

import static dev.holdfast.config.ValueType.bool;
import static dev.holdfast.config.ValueType.choice;
import static dev.holdfast.config.ValueType.duration;
import static dev.holdfast.config.ValueType.durationOrNone;
import static dev.holdfast.config.ValueType.hostName;
import static dev.holdfast.config.ValueType.number;
import static dev.holdfast.config.ValueType.optional;
import static dev.holdfast.config.ValueType.path;
import static dev.holdfast.config.ValueType.secret;
import static dev.holdfast.config.ValueType.text;

import java.time.Duration;
import java.util.Locale;

/** Every setting, once: its name, its default, what is allowed and what it is for. A new setting is one more line. */
public enum Setting {
    UPSTREAM(
            "upstream",
            "http://localhost:2000",
            text(UpstreamAddress.ALLOWED, UpstreamAddress::parse),
            "address of the site"),
    BALANCE_FILE(
            "balanceFile",
            "balance",
            path(),
            "the file whose absence holds the requests; relative to the working directory, in a Tomcat to catalina.base"),
    BALANCE_WATCH("balanceWatch", "true", bool(), "let the file system tell about the balance file, besides the poll"),
    POLL_INTERVAL("pollInterval", "1s", duration("50ms", "1h"), "time from one look at the balance file to the next"),
    MAX_HOLD("maxHold", "60s", duration("1ms", "24h"), "longest hold of one request, counted from its arrival"),
    MAX_CLOSED("maxClosed", "10m", duration("1ms", "30d"), "a gate closed for longer than this answers 503 at once"),
    WAIT_PAGE_AFTER(
            "waitPageAfter",
            "none",
            optional("none", duration("100ms", "24h")),
            "a page that a browser opens is held no longer than this: then a waiting page is shown, which comes back by itself; with none"
                    + " it is held like all else"),
    HOLD_LIMIT("holdLimit", "10000", number(1, 1_000_000), "most requests held; the next is answered 503 at once"),
    HOLD_LIMIT_PER_CLIENT(
            "holdLimitPerClient",
            "0",
            number(0, 1_000_000),
            "most requests held for one client address; 0 is no limit"),
    HOLD_METHODS(
            "holdMethods",
            "all",
            text(HoldMethods.ALLOWED, HoldMethods::parse),
            "only requests with these methods are held, and waited for by balance.drained; others go on"),
    EXEMPT_PATHS(
            "exemptPaths",
            "none",
            text(ExemptPaths.ALLOWED, ExemptPaths::parse),
            "requests for these are never held; /* at the end stands for all below"),
    HEALTH_PATH(
            "healthPath",
            "none",
            text(ExemptPaths.PATH_ALLOWED, PassSettings::parseHealthPath),
            "a GET or HEAD of this path is answered 200 by Holdfast itself instead of being held"),
    BYPASS_SECRET(
            "bypassSecret",
            "none",
            text(BypassSecret.ALLOWED, BypassSecret::parse),
            "who says it passes the closed gate: as the field Holdfast-Bypass, or by one visit of any page with"
                    + " ?holdfast-bypass= and the secret"),
    BYPASS_ADDRESSES(
            "bypassAddresses",
            "none",
            text(AddressRanges.ALLOWED, AddressRanges::parse),
            "clients that pass the closed gate; none that is one of trustedProxies"),
    RELEASE_CONCURRENCY(
            "releaseConcurrency",
            "64",
            number(1, 100_000),
            "most released requests that the upstream has not answered yet; more once all who were held have gone, while the line behind them does not become shorter"),
    RELEASE_CANARY(
            "releaseCanary",
            "true",
            bool(),
            "the first released request goes alone, until the upstream has answered it with something else than 502, 503, 504"),
    RELEASE_RAMP(
            "releaseRamp",
            "none",
            durationOrNone("10ms", "10m", Duration.ZERO),
            "time over which releaseConcurrency grows from 1, after the canary was answered"),
    READY_PATH(
            "readyPath",
            "none",
            text(ReadySettings.PATH_ALLOWED, ReadySettings::parsePath),
            "the gate opens only when the upstream answers a GET of this path with 2xx"),
    READY_INTERVAL("readyInterval", "250ms", duration("10ms", "1h"), "time from an answer to the next such GET"),
    READY_SUCCESSES("readySuccesses", "1", number(1, 1000), "so many answers 2xx in a row open the gate"),
    READY_TIMEOUT("readyTimeout", "5s", duration("1ms", "1h"), "longest wait for such an answer, to its end"),
    CONNECT_TIMEOUT("connectTimeout", "5s", duration("1ms", "1h"), "longest wait for a connection to the upstream"),
    RESPONSE_TIMEOUT("responseTimeout", "60s", duration("1ms", "24h"), "longest wait for the upstream to answer"),
    CLIENT_TIMEOUT(
            "clientTimeout",
            "60s",
            duration("1ms", "24h"),
            "longest wait for the client to take some of the answer or to send some of its body"),
    MAX_CONNECTIONS(
            "maxConnections", "1024", number(1, 60_000), "most connections to the upstream, WebSockets not counted"),
    TRUST_STORE(
            "trustStore",
            "jvm",
            optional("jvm", path()),
            "PKCS12, JKS or PEM file with the certificates that an https upstream is trusted for; jvm is those of the Java"
                    + " runtime"),
    TRUST_STORE_PASSWORD("trustStorePassword", "none", secret(), "password of the trustStore"),
    KEY_STORE(
            "keyStore",
            "none",
            optional("none", path()),
            "PKCS12, JKS or PEM file with the key and the certificates that we show to an https upstream"),
    KEY_STORE_PASSWORD("keyStorePassword", "none", secret(), "password of the keyStore and of its key"),
    UPSTREAM_TLS_NAME(
            "upstreamTlsName",
            "none",
            optional("none", hostName()),
            "name that an https upstream is asked for (SNI), and that its certificate must have; none is the host of its"
                    + " address"),
    CLOSE_STREAMS(
            "closeStreams",
            "none",
            durationOrNone("0s", "24h", StreamSettings.NEVER),
            "how long after the gate was closed WebSockets and event streams are ended; with none they stay"),
    TUNNEL_IDLE_TIMEOUT(
            "tunnelIdleTimeout",
            "1h",
            duration("1s", "30d"),
            "longest silence of both sides of a WebSocket, or other tunnel, before it is closed"),
    PRESERVE_HOST("preserveHost", "true", bool(), "the upstream sees the Host that the client sent"),
    FORWARDED_HEADERS(
            "forwardedHeaders",
            "x-forwarded",
            choice(ForwardedHeaders.class),
            "the fields that tell the upstream who the client is"),
    TRUSTED_PROXIES(
            "trustedProxies",
            "none",
            text(AddressRanges.ALLOWED, AddressRanges::parse),
            "proxies in front whose forwarded fields are kept and appended to; those of others are replaced"),
    HELD_HEADER(
            "heldHeader",
            "X-Held-Ms",
            text(ForwardingSettings.HELD_HEADER_ALLOWED, ForwardingSettings::parseHeldHeader),
            "the field that tells the upstream how many milliseconds a request was held; a client's own is dropped"),
    ADMIN_PATH(
            "adminPath",
            "/.holdfast",
            text(AdminSettings.PATH_ALLOWED, AdminSettings::parsePath),
            "where page, status, metrics and health are; everybody who may not look gets the site's own answer there"),
    ADMIN_ADDRESSES(
            "adminAddresses",
            "none",
            text(AddressRanges.ALLOWED, AddressRanges::parse),
            "addresses that may look, besides those of this machine"),
    ADMIN_HOSTS(
            "adminHosts",
            "none",
            text(AdminHosts.ALLOWED, AdminHosts::parse),
            "names under which they may, besides addresses, localhost, names without a dot or that end with .internal, .local or"
                    + " .home.arpa, and all names over https"),
    OPERATOR_ROLE(
            "operatorRole",
            "none",
            optional("none", text(AdminSettings.ROLE_ALLOWED, AdminSettings::checkRole)),
            "who has this role of the container may hold and release from the page"),
    ZOOKEEPER(
            "zookeeper",
            "none",
            optional("none", text(Ensemble.ALLOWED, Ensemble::parse)),
            "the ZooKeeper where several nodes have one switch: what is held there is held by all"),
    ZOOKEEPER_SITE(
            "zookeeperSite",
            "none",
            optional("none", text(Ensemble.NAME_ALLOWED, Ensemble::checkName)),
            "the name that the nodes of one fleet share there; none is the name of the filter and the servlet"),
    ZOOKEEPER_NODE(
            "zookeeperNode",
            "none",
            optional("none", text(Ensemble.NAME_ALLOWED, Ensemble::checkName)),
            "the name of this node, which no other of the fleet has; none is made of the names of machine and balance file"),
    ZOOKEEPER_AT_START(
            "zookeeperAtStart",
            "hold",
            choice(ClusterSettings.AtStart.class),
            "what a node does that starts while ZooKeeper does not answer"),
    ZOOKEEPER_AWAY(
            "zookeeperAway",
            "keep",
            choice(ClusterSettings.Away.class),
            "what a node does while ZooKeeper does not answer any more: go on as before, or hold"),
    ZOOKEEPER_MAX_AGE(
            "zookeeperMaxAge",
            "3s",
            duration("300ms", "1h"),
            "a node that was paused, or has heard nothing, for longer than this asks the switch before it forwards anything"),
    ZOOKEEPER_SESSION(
            "zookeeperSession",
            "10s",
            duration("1s", "10m"),
            "a node of which ZooKeeper has heard nothing for so long counts as gone; longer than zookeeperMaxAge, and the server has limits of its own"),
    ZOOKEEPER_DIGEST(
            "zookeeperDigest",
            "none",
            secret(),
            "user, colon and password: nobody else may read or move the switch then"),
    RELEASE_CONCURRENCY_TOTAL(
            "releaseConcurrencyTotal",
            "none",
            optional("none", number(1, 1_000_000)),
            "releaseConcurrency of the whole fleet: each node has its part of it, and at least 1");

    private final String key;
    private final String defaultValue;
    private final ValueType<?> type;
    private final String description;

    Setting(String key, String defaultValue, ValueType<?> type, String description) {
        this.key = key;
        this.defaultValue = defaultValue;
        this.type = type;
        this.description = description;
    }

    /** The name in {@code web.xml} and context files, such as {@code maxHold}. */
    public String key() {
        return key;
    }

    /** The name on the command line, such as {@code --max-hold}. */
    public String option() {
        return "--" + key.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** The value, as one would write it, of a setting that nobody set. */
    public String defaultValue() {
        return defaultValue;
    }

    /** What the setting is for: a phrase without a full stop. */
    public String description() {
        return description;
    }

    /** The values that are allowed, units included: a phrase without a full stop. */
    public String allowed() {
        return type.allowed();
    }

    /** Whether its value must not be shown to anybody. */
    public boolean isSecret() {
        return this == BYPASS_SECRET
                || this == TRUST_STORE_PASSWORD
                || this == KEY_STORE_PASSWORD
                || this == ZOOKEEPER_DIGEST;
    }

    /**
     * Reads a value.
     *
     * @throws IllegalArgumentException if the value is not allowed; the message names the value, if it is no secret, and what is allowed
     */
    public Object parse(String value) {
        return type.parse(value);
    }
}
