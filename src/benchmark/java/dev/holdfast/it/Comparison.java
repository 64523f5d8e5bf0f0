package dev.holdfast.it;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * One workload on several fronts, in turn in short slices, so that whatever else the machine has to do meets all of them. What is
 * to be compared is the ratio to one of them, round by round.
 */
final class Comparison {
    private final Workload workload;
    private final Map<Front, List<Sample>> samples = new LinkedHashMap<>();

    private Comparison(Workload workload) {
        this.workload = workload;
    }

    /** @param fronts that speak what the workload needs */
    static Comparison run(
            Workload workload, List<Front> fronts, LoadProgram program, int rounds, Duration slice, Duration warmUp)
            throws IOException, InterruptedException {
        Comparison comparison = new Comparison(workload);
        for (Front front : fronts) {
            comparison.samples.put(front, new ArrayList<>());
            program.drive(workload, front.portFor(workload), warmUp);
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < fronts.size(); i++) {
                Front front = fronts.get((round + i) % fronts.size()); // each comes after each other one
                comparison.samples.get(front).add(Sample.take(workload, front, program, slice));
            }
        }
        return comparison;
    }

    /** A section of Markdown. */
    String report() {
        Front base = samples.keySet().stream()
                .filter(front -> front.peer() == Peer.UNDERTOW)
                .findFirst()
                .orElse(samples.keySet().iterator().next());
        String cost = workload.large() ? "CPU s/GB" : "CPU µs/request";
        String rate = workload.large() ? "MB/s" : "requests/s";
        StringBuilder text = new StringBuilder("### " + workload.name() + ": " + workload.title() + "\n\n");
        text.append("| | %s | × %s | %s | × %s | p50 ms | p99 ms | RSS MiB | failures |\n"
                .formatted(cost, base.peer(), rate, base.peer()));
        text.append("|---|---|---|---|---|---|---|---|---|\n");
        samples.forEach((front, taken) -> text.append(row(front, taken, samples.get(base))));
        return text.append('\n').append(noise(base)).append('\n').toString();
    }

    private String row(Front front, List<Sample> taken, List<Sample> base) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %.2f | %,.0f | %.2f | %s | %s | %d | %d |%n",
                front.peer(),
                decimals(median(taken, Sample::cost)),
                medianRatio(taken, base, Sample::cost),
                median(taken, Sample::rate),
                medianRatio(taken, base, Sample::rate),
                // Of the few large bodies that came to their end in a slice, no such thing can be told.
                workload.large()
                        ? ""
                        : decimals(median(taken, sample -> sample.load().p50Millis())),
                workload.large()
                        ? ""
                        : decimals(median(taken, sample -> sample.load().p99Millis())),
                Math.round(median(taken, Sample::residentBytes) / (1 << 20)),
                taken.stream().mapToLong(sample -> sample.load().failures()).sum());
    }

    private static String decimals(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
    }

    /** How far the figures of one and the same front lie apart, and what the host took. */
    private String noise(Front base) {
        double[] costs = sorted(samples.get(base), Sample::cost);
        double[] stolen = samples.values().stream()
                .flatMap(List::stream)
                .mapToDouble(Sample::stolenPercent)
                .sorted()
                .toArray();
        return String.format(
                Locale.ROOT,
                "%s from round to round: %s to %s; steal %.1f %% of the machine's time, in the worst slice %.1f %%.%n",
                base.peer(),
                decimals(costs[0]),
                decimals(costs[costs.length - 1]),
                median(stolen),
                stolen[stolen.length - 1]);
    }

    private static double medianRatio(List<Sample> taken, List<Sample> base, ToDoubleFunction<Sample> figure) {
        return median(IntStream.range(0, taken.size())
                .mapToDouble(round -> figure.applyAsDouble(taken.get(round)) / figure.applyAsDouble(base.get(round)))
                .sorted()
                .toArray());
    }

    private static double median(List<Sample> taken, ToDoubleFunction<Sample> figure) {
        return median(sorted(taken, figure));
    }

    private static double[] sorted(List<Sample> taken, ToDoubleFunction<Sample> figure) {
        return taken.stream().mapToDouble(figure).sorted().toArray();
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
