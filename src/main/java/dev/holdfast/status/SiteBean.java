package dev.holdfast.status;

import dev.holdfast.balance.SwitchFile;
import dev.holdfast.cluster.ClusterSnapshot;
import dev.holdfast.cluster.SwitchReading;
import dev.holdfast.gate.Closure;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/** Shows a site over JMX. Every attribute is asked for by itself, is true at that moment, and costs no more than itself. */
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
        return status.state();
    }

    @Override
    public String[] getReasons() {
        return status.gate().closures().stream().map(Closure::detail).toArray(String[]::new);
    }

    @Override
    public long getClosedMillis() {
        return status.gate().closedFor().toMillis();
    }

    @Override
    public int getHeld() {
        return status.gate().held();
    }

    @Override
    public long getOldestHeldMillis() {
        return status.gate().oldestHold().toMillis();
    }

    @Override
    public int getInFlight() {
        return status.gate().inFlight();
    }

    @Override
    public int getStreams() {
        return status.gate().streams();
    }

    @Override
    public long getArrived() {
        return status.gate().counts().arrived();
    }

    @Override
    public long getPassed() {
        return status.gate().counts().passed();
    }

    @Override
    public long getReleased() {
        return status.gate().counts().released();
    }

    @Override
    public long getExpired() {
        return status.gate().counts().expired();
    }

    @Override
    public long getAbandoned() {
        return status.gate().counts().abandoned();
    }

    @Override
    public long getRejected() {
        return status.gate().counts().rejected();
    }

    @Override
    public long getReplaced() {
        return status.gate().counts().replaced();
    }

    @Override
    public long getPostponed() {
        return status.gate().counts().postponed();
    }

    @Override
    public long getRefused() {
        return status.gate().counts().refused();
    }

    @Override
    public long getFailed() {
        return status.traffic().failed();
    }

    @Override
    public long getClientsGone() {
        return status.traffic().clientsGone();
    }

    @Override
    public String getUpstream() {
        return status.upstream().address().toString();
    }

    @Override
    public int getUpstreamConnectionsInUse() {
        return status.upstream().connections().inUse();
    }

    @Override
    public int getUpstreamConnectionsIdle() {
        return status.upstream().connections().idle();
    }

    @Override
    public String getBalanceFile() {
        return file.file().toString();
    }

    @Override
    public boolean isClusterConnected() {
        return status.cluster().map(ClusterSnapshot::connected).orElse(false);
    }

    @Override
    public long getClusterKnowledgeAgeMillis() {
        return status.cluster().map(cluster -> cluster.age().toMillis()).orElse(-1L);
    }

    @Override
    public String getClusterSwitchVersion() {
        return status.cluster()
                .map(cluster -> SwitchReading.name(cluster.version()))
                .orElse("");
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
