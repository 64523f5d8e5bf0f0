package dev.holdfast.gate;

import dev.holdfast.config.HoldSettings;
import dev.holdfast.config.ReleaseSettings;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the open gate costs a request: it asks for the time, passes, is listed among those in flight, and ends. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class GateOpenPath {
    private static final Traveller TRAVELLER = new Traveller() {
        @Override
        public String method() {
            return "GET";
        }

        @Override
        public String target() {
            return "/";
        }
    };

    private final Gate gate = new Gate(
            "site",
            new HoldSettings(
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(10),
                    10_000,
                    0,
                    new ReleaseSettings(64, false, Duration.ZERO)),
            System::nanoTime,
            new NoThread());

    /** As the filter does it. */
    @Benchmark
    public void pass() {
        Passage passage = gate.tryPass(gate.now());
        passage.listAs(TRAVELLER);
        passage.end();
    }

    /** The open path needs none. */
    private static final class NoThread implements GateThread {
        @Override
        public void execute(Runnable task) {
            throw new IllegalStateException();
        }

        @Override
        public void schedule(Runnable task, Duration delay) {
            throw new IllegalStateException();
        }
    }
}
