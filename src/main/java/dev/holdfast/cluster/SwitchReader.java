package dev.holdfast.cluster;

import dev.holdfast.balance.BalanceContent;
import dev.holdfast.balance.BalanceReading;
import dev.holdfast.balance.BalanceReading.Absent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * Reads the switch, no older than the moment of the question, in one round trip: sync and reads go out together, and ZooKeeper
 * answers in their order. Thread-safe.
 */
final class SwitchReader {
    private record Found(byte[] data, Stat stat) {}

    private final Layout layout;
    private final Duration patience;

    SwitchReader(Layout layout, Duration patience) {
        this.layout = layout;
        this.patience = patience;
    }

    /**
     * Waits for the answer.
     *
     * @param watcher told when the switch moves after that; null for nobody
     * @throws KeeperException also if there is no connection
     */
    SwitchReading read(ZooKeeper zooKeeper, Watcher watcher)
            throws KeeperException, TimeoutException, InterruptedException {
        for (; ; ) {
            CompletableFuture<Found> synced = new CompletableFuture<>();
            CompletableFuture<Found> before = new CompletableFuture<>();
            CompletableFuture<Found> open = new CompletableFuture<>();
            CompletableFuture<Found> after = new CompletableFuture<>();
            zooKeeper.sync(layout.root(), (rc, path, x) -> complete(synced, rc, path, null, null), null);
            zooKeeper.getChildren(
                    layout.switchParent(),
                    watcher,
                    (rc, path, x, children, stat) -> complete(before, rc, path, null, stat),
                    null);
            zooKeeper.getData(
                    layout.open(), watcher, (rc, path, x, data, stat) -> complete(open, rc, path, data, stat), null);
            zooKeeper.getData(
                    layout.switchParent(),
                    false,
                    (rc, path, x, data, stat) -> complete(after, rc, path, data, stat),
                    null);
            long deadline = System.nanoTime() + patience.toNanos();
            await(synced, deadline);
            Found parent = await(before, deadline);
            Found child = await(open, deadline);
            Found parentAfter = await(after, deadline);
            if (parentAfter == null) {
                return new SwitchReading(SwitchReading.NONE, new Absent(), "");
            }
            // Else it came or went between the reads: what they say does not belong together.
            if (parent != null && parent.stat().getPzxid() == parentAfter.stat().getPzxid()) {
                return reading(parentAfter, child);
            }
        }
    }

    private static SwitchReading reading(Found parent, Found open) {
        String kept = new String(parent.data(), StandardCharsets.UTF_8);
        long moved = parent.stat().getPzxid();
        if (open == null) {
            return new SwitchReading(moved, new Absent(), kept);
        }
        BalanceReading says = BalanceContent.parse(open.data());
        return new SwitchReading(Math.max(moved, open.stat().getMzxid()), says, kept);
    }

    /** That there is no such node is an answer: null. */
    private static void complete(CompletableFuture<Found> future, int rc, String path, byte[] data, Stat stat) {
        Code code = Code.get(rc);
        if (code == Code.OK) {
            future.complete(new Found(data == null ? new byte[0] : data, stat));
        } else if (code == Code.NONODE) {
            future.complete(null);
        } else {
            future.completeExceptionally(KeeperException.create(code, path));
        }
    }

    private static Found await(CompletableFuture<Found> future, long deadline)
            throws KeeperException, TimeoutException, InterruptedException {
        try {
            return future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KeeperException failed) {
                throw failed;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
