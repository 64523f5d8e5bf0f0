package dev.holdfast.proxy;

import dev.holdfast.config.TlsSettings;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.core5.net.InetAddressUtils;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;

/** TLS to the upstream: 1.2 or 1.3, with the JDK's check of certificate and name. Thread-safe. */
final class UpstreamTls extends DefaultClientTlsStrategy {
    /**
     * HttpCore decorates the session and makes the engine ready in one go, in one thread, and tells neither of the other. Set
     * in between only.
     */
    private final ThreadLocal<UpstreamSession> decorated = new ThreadLocal<>();

    private final Function<IOSession, UpstreamSession> decorator;

    /** @param decorator makes an {@link UpstreamSession} of each new connection */
    UpstreamTls(TlsSettings settings, Function<IOSession, UpstreamSession> decorator) {
        super(
                settings.context(),
                new String[] {"TLSv1.3", "TLSv1.2"},
                null,
                SSLBufferMode.STATIC,
                HostnameVerificationPolicy.BUILTIN,
                null);
        this.decorator = decorator;
    }

    /** A session of HttpCore's, plain or TLS, as we need it. */
    IOSession decorate(IOSession session) {
        UpstreamSession ours = decorator.apply(session);
        if (ours.isSecure()) {
            decorated.set(ours);
        }
        return ours;
    }

    @Override
    protected void initializeEngine(SSLEngine engine) {
        decorated.get().secureWith(engine);
        decorated.remove();
        setServerName(engine);
    }

    /** The JDK by itself tells only names with a dot. RFC 6066, section 3: literal addresses are not told. */
    private static void setServerName(SSLEngine engine) {
        String name = engine.getPeerHost();
        if (InetAddressUtils.isIPv4(name) || InetAddressUtils.isIPv6(name)) {
            return;
        }
        try {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            engine.setSSLParameters(parameters);
        } catch (IllegalArgumentException notAHostName) {
            // With an underscore, for instance; the check of the certificate will say so.
        }
    }
}
