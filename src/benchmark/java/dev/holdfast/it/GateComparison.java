package dev.holdfast.it;

import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The gate alone, in threads that do nothing else, with JMH. */
final class GateComparison {
    static final String NAME = "gate";
    private static final List<Integer> THREADS = List.of(1, 2, 4, 8);

    private GateComparison() {}

    /** A section of Markdown. */
    static String report() throws RunnerException {
        StringBuilder text = new StringBuilder("### gate: the open gate alone\n\n"
                + "| threads | ns a request, of each thread | ± | bytes allocated a request |\n|---|---|---|---|\n");
        for (int threads : THREADS) {
            RunResult result = new Runner(new OptionsBuilder()
                            .include("dev.holdfast.gate.GateOpenPath.pass$")
                            .threads(threads)
                            .addProfiler(GCProfiler.class)
                            .verbosity(VerboseMode.SILENT)
                            .build())
                    .runSingle();
            text.append(String.format(
                    Locale.ROOT,
                    "| %d | %.0f | %.0f | %.0f |%n",
                    threads,
                    result.getPrimaryResult().getScore(),
                    result.getPrimaryResult().getScoreError(),
                    result.getSecondaryResults().get("gc.alloc.rate.norm").getScore()));
        }
        return text.toString();
    }
}
