package dev.holdfast.cluster;

import dev.holdfast.config.Ensemble;
import dev.holdfast.thread.OneThread;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.security.auth.login.Configuration;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;

/** Makes ZooKeeper's client in one way for nodes and commands. */
final class Client {
    private static final int RETRY_PAUSE_MILLIS = 50;
    private static final int END_MILLIS = 2000;
    private static final Duration NETTYS_END = Duration.ofSeconds(4);

    private Client() {}

    /**
     * Not started yet.
     *
     * @param name of its threads
     */
    static CuratorFramework of(Ensemble ensemble, Duration session, Optional<String> digest, String name) {
        int millis = (int) session.toMillis();
        CuratorFrameworkFactory.Builder builder = CuratorFrameworkFactory.builder()
                .connectString(ensemble.hosts())
                .sessionTimeoutMs(millis)
                .connectionTimeoutMs(millis)
                .retryPolicy(new RetryOneTime(RETRY_PAUSE_MILLIS)) // whoever asks asks again anyhow
                .waitForShutdownTimeoutMs(END_MILLIS)
                .ensembleTracker(
                        false) // what the operator said counts, also where the servers know each other by other names
                .dontUseContainerParents()
                .threadFactory(task -> OneThread.daemon(task, name));
        if (digest.isPresent()) {
            builder.authorization("digest", digest.get().getBytes(StandardCharsets.UTF_8));
        }
        if (digest.isPresent() || usesSasl()) {
            builder.aclProvider(everythingIs(Ids.CREATOR_ALL_ACL));
        }
        return builder.build();
    }

    /** Whether ZooKeeper's client will log in; a container may have its own use for JAAS. */
    private static boolean usesSasl() {
        ZKClientConfig config = new ZKClientConfig();
        String section = config.getProperty(
                ZKClientConfig.LOGIN_CONTEXT_NAME_KEY, ZKClientConfig.LOGIN_CONTEXT_NAME_KEY_DEFAULT);
        try {
            return config.isSaslClientEnabled()
                    && Configuration.getConfiguration().getAppConfigurationEntry(section) != null;
        } catch (SecurityException nothingConfigured) {
            return false;
        }
    }

    private static ACLProvider everythingIs(List<ACL> list) {
        return new ACLProvider() {
            @Override
            public List<ACL> getDefaultAcl() {
                return list;
            }

            @Override
            public List<ACL> getAclForPath(String path) {
                return list;
            }
        };
    }

    /**
     * Netty's threads, which only TLS needs, end by themselves two seconds after the client; a container that unloads these classes
     * is not to find them. Waits for those of this class loader.
     */
    static void awaitNetty() {
        long deadline = System.nanoTime() + NETTYS_END.toNanos();
        try {
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                boolean ours =
                        thread.getContextClassLoader() == Thread.currentThread().getContextClassLoader();
                if (ours && thread.getName().matches("(zkNetty|globalEventExecutor)-.*")) {
                    long left = (deadline - System.nanoTime()) / 1_000_000;
                    thread.join(Math.max(1, left));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
