package dev.holdfast.gate;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.HoldSettings;
import dev.holdfast.config.ReleaseSettings;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** A gate whose time moves only when told to. After each step it is checked that no request was lost or counted twice. */
final class GateUnderTest {
    static final Duration MAX_HOLD = Duration.ofSeconds(60);
    static final Duration MAX_CLOSED = Duration.ofMinutes(10);

    final ManualGateThread thread = new ManualGateThread();
    final Gate gate;
    private long arrived;

    GateUnderTest() {
        this(64);
    }

    GateUnderTest(int releaseConcurrency) {
        this(new HoldSettings(
                MAX_HOLD, MAX_CLOSED, 10_000, 0, new ReleaseSettings(releaseConcurrency, false, Duration.ZERO)));
    }

    GateUnderTest(HoldSettings settings) {
        gate = new Gate("site", settings, thread, thread);
    }

    void close() {
        close(Reason.BALANCE_FILE);
    }

    void close(Reason reason) {
        gate.close(reason, reason.name());
        settle();
    }

    void refuse(String message) {
        gate.refuse(Reason.BALANCE_FILE, message);
        settle();
    }

    void open() {
        open(Reason.BALANCE_FILE);
    }

    void open(Reason reason) {
        gate.open(reason);
        settle();
    }

    Visitor arrive() {
        return arrive("192.0.2.1");
    }

    Visitor arrive(Object client) {
        Visitor visitor = new Visitor(client);
        arrive(visitor);
        return visitor;
    }

    /** As the filter does it. */
    void arrive(Visitor visitor) {
        arrive(visitor, null);
    }

    void arrive(Visitor visitor, Object sameness) {
        long arrivalNanos = gate.now();
        arrived++;
        visitor.passage = gate.tryPass(arrivalNanos);
        if (visitor.passage == null) {
            visitor.held = gate.hold(visitor, arrivalNanos, visitor.client, sameness);
        }
        settle();
    }

    List<Visitor> arrive(int visitors) {
        return IntStream.range(0, visitors).mapToObj(each -> arrive()).toList();
    }

    void holdAgain(Visitor visitor) {
        visitor.held = gate.holdAgain(visitor.passage, visitor, visitor.client, null);
        settle();
    }

    /** Ends the visitor's passage. */
    void end(Visitor visitor) {
        visitor.passage.end();
        settle();
    }

    /** Runs what the gate thread has to do now. */
    void settle() {
        checkCounts();
        thread.runAll();
        checkCounts();
    }

    void elapse(Duration time) {
        thread.elapse(time);
        checkCounts();
    }

    GateSnapshot snapshot() {
        return gate.snapshot();
    }

    void checkCounts() {
        GateSnapshot now = snapshot();
        GateSnapshot.Counts counts = now.counts();
        assertAll(
                () -> assertEquals(arrived, counts.arrived(), "arrived"),
                () -> assertEquals(arrived, accountedFor(now), now::toString),
                () -> assertTrue(counts.passed() >= 0 && counts.released() >= 0, now::toString),
                () -> assertTrue(now.inFlight() + now.streams() <= counts.passed() + counts.released(), now::toString));
    }

    static long accountedFor(GateSnapshot now) {
        GateSnapshot.Counts counts = now.counts();
        return counts.passed()
                + now.held()
                + counts.released()
                + counts.expired()
                + counts.abandoned()
                + counts.rejected()
                + counts.replaced()
                + counts.postponed()
                + counts.refused();
    }
}
