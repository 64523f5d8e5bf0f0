package dev.holdfast.proxy;

import dev.holdfast.thread.OneThread;
import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.net.InetAddressUtils;

/**
 * Looks names up, which the JDK only does with a blocked thread: with one of its own, so that nobody else has to wait. Each
 * name is looked up once at a time, however many ask. What has been found is remembered by the JDK (its security property
 * {@code networkaddress.cache.ttl}), not here. Thread-safe.
 */
final class NameLookup implements AutoCloseable {
    /** More than names at a time: the configured upstream, and those that the balance file named lately. */
    private static final int MOST_THREADS = 4;

    private static final int IDLE_SECONDS = 10;

    /** Blocks. */
    interface Names {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    private final Names names;
    private final ThreadPoolExecutor threads;
    private final Map<String, List<FutureCallback<List<InetAddress>>>> waiting = new HashMap<>(); // guarded by itself

    /** @param site for the names of threads */
    NameLookup(String site, Names names) {
        this.names = names;
        this.threads = new ThreadPoolExecutor(
                MOST_THREADS,
                MOST_THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> OneThread.daemon(task, "holdfast-names-" + site));
        threads.allowCoreThreadTimeOut(true);
    }

    /** A literal address is told in this thread, at once; what has to be looked up, in another. At least one address. */
    void find(String host, FutureCallback<List<InetAddress>> callback) {
        if (InetAddressUtils.isIPv4(host) || InetAddressUtils.isIPv6(host)) {
            try {
                callback.completed(List.of(InetAddress.getByName(host))); // which does not ask the DNS
            } catch (UnknownHostException e) {
                callback.failed(e);
            }
            return;
        }
        synchronized (waiting) {
            List<FutureCallback<List<InetAddress>>> others = waiting.get(host);
            if (others != null) {
                others.add(callback);
                return;
            }
            waiting.put(host, new ArrayList<>(List.of(callback)));
        }
        try {
            threads.execute(() -> look(host));
        } catch (RejectedExecutionException closed) {
            tell(host, List.of(), new UnknownHostException(host));
        }
    }

    private void look(String host) {
        List<InetAddress> found = List.of();
        Exception failure = null;
        try {
            found = List.of(names.addresses(IDN.toASCII(host))); // HttpCore has made Unicode of "xn--"
        } catch (UnknownHostException | RuntimeException e) {
            failure = e;
        }
        tell(host, found, failure);
    }

    private void tell(String host, List<InetAddress> found, Exception failure) {
        List<FutureCallback<List<InetAddress>>> told;
        synchronized (waiting) {
            told = waiting.remove(host);
        }
        for (FutureCallback<List<InetAddress>> callback : told) {
            if (failure == null) {
                callback.completed(found);
            } else {
                callback.failed(failure);
            }
        }
    }

    /** Does not wait: a lookup cannot be interrupted, and ends by itself. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
