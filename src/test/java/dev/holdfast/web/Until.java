package dev.holdfast.web;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Awaits what another thread does. */
final class Until {
    private Until() {}

    static void true_(Callable<Boolean> condition) {
        await().pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(10))
                .until(condition);
    }

    /** The condition is true, looked at each 20 ms, for 300 ms: nothing happens any more. */
    static void quiet(Callable<Boolean> condition) {
        await().pollInterval(Duration.ofMillis(20))
                .during(Duration.ofMillis(300))
                .atMost(Duration.ofSeconds(10))
                .until(condition);
    }
}
