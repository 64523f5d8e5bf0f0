package dev.holdfast.status;

import dev.holdfast.balance.SwitchFile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/** Shows a site over JMX. Every attribute is asked for by itself, and true at that moment. */
public final class SiteBean implements SiteMXBean, AutoCloseable {
    private final SiteStatus status;
    private final SwitchFile file;
    private final ObjectName name;

    /**
     * Registers it; where several web applications have a site of this name, each with its context.
     *
     * @param context path of the web application, such as {@code /} or {@code /shop}
     * @throws JMException if the JVM does not take it: there is one of this name
     */
    public SiteBean(String context, SiteStatus status, SwitchFile file) throws JMException {
        this.status = status;
        this.file = file;
        this.name = new ObjectName("dev.holdfast:type=Site,context=" + ObjectName.quote(context) + ",name="
                + ObjectName.quote(status.name()));
        server().registerMBean(new StandardMBean(this, SiteMXBean.class, true), name);
    }

    private static MBeanServer server() {
        return ManagementFactory.getPlatformMBeanServer();
    }

    @Override
    public String getState() {
        return status.now().state();
    }

    @Override
    public String[] getReasons() {
        return status.now().reasons().stream().map(SiteView.ReasonView::detail).toArray(String[]::new);
    }

    @Override
    public long getClosedMillis() {
        return status.now().closedMillis();
    }

    @Override
    public int getHeld() {
        return status.now().held();
    }

    @Override
    public long getOldestHeldMillis() {
        return status.now().oldestHeldMillis();
    }

    @Override
    public int getInFlight() {
        return status.now().inFlight();
    }

    @Override
    public int getStreams() {
        return status.now().streams();
    }

    @Override
    public long getArrived() {
        return status.now().counts().arrived();
    }

    @Override
    public long getPassed() {
        return status.now().counts().passed();
    }

    @Override
    public long getReleased() {
        return status.now().counts().released();
    }

    @Override
    public long getExpired() {
        return status.now().counts().expired();
    }

    @Override
    public long getAbandoned() {
        return status.now().counts().abandoned();
    }

    @Override
    public long getRejected() {
        return status.now().counts().rejected();
    }

    @Override
    public long getReplaced() {
        return status.now().counts().replaced();
    }

    @Override
    public long getPostponed() {
        return status.now().counts().postponed();
    }

    @Override
    public long getRefused() {
        return status.now().counts().refused();
    }

    @Override
    public long getFailed() {
        return status.now().failures().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    @Override
    public long getClientsGone() {
        return status.now().clientsGone();
    }

    @Override
    public String getUpstream() {
        return status.now().upstream().address();
    }

    @Override
    public int getUpstreamConnectionsInUse() {
        return status.now().upstream().connectionsInUse();
    }

    @Override
    public int getUpstreamConnectionsIdle() {
        return status.now().upstream().connectionsIdle();
    }

    @Override
    public String getBalanceFile() {
        return file.file().toString();
    }

    @Override
    public String hold() throws IOException {
        return file.hold();
    }

    @Override
    public String release() throws IOException {
        return file.release(null);
    }

    @Override
    public String refuse(String message) throws IOException {
        return file.refuse(message);
    }

    @Override
    public void close() throws JMException {
        server().unregisterMBean(name);
    }
}
