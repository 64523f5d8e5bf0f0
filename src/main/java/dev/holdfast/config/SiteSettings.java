package dev.holdfast.config;

import java.util.Optional;

/**
 * All settings of one site, which is a filter and a servlet of the same name.
 *
 * @param name the name of the filter and the servlet in {@code web.xml}
 * @param cluster empty where this node is alone
 */
public record SiteSettings(
        String name,
        BalanceSettings balance,
        HoldSettings hold,
        WaitingPageSettings waitingPage,
        PassSettings pass,
        UpstreamSettings upstream,
        ForwardingSettings forwarding,
        StreamSettings streams,
        ReadySettings ready,
        AdminSettings admin,
        Optional<ClusterSettings> cluster) {}
